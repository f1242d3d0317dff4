"""Finds out whether a server that refuses a client is another listener than was expected."""

import asyncio
import ssl

from aiokafka.errors import IncompatibleBrokerVersion

from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError

HANDSHAKE_SECONDS = 5.0


async def no_listener(
    access: KafkaAccess, failure: BaseException, *, host: str, port: int
) -> SettingError | None:
    """Return the setting to correct if this server takes no clients such as this; else None.

    Told by what the server does: it serves no metadata, as the listener of a KRaft controller, or
    it speaks TLS to a client that does not.
    """
    where = f"what answers at {host}:{port}"
    if isinstance(failure, IncompatibleBrokerVersion):  # it serves no metadata requests
        return SettingError(
            f"SENTUH_KAFKA_BOOTSTRAP_SERVERS: {where} serves no clients, it is a KRaft controller's"
            " listener: name the brokers' listeners for clients (by default at port 9092)"
        )
    if not access.encrypted and await _speaks_tls(host, port):
        return SettingError(
            f"SENTUH_KAFKA_SECURITY: {where} speaks TLS, and {access.security} was spoken to it:"
            " set SASL_SSL or SSL, or name a listener without TLS"
        )
    return None


async def _speaks_tls(host: str, port: int) -> bool:
    """Whether a server completes a TLS handshake, or refuses it with a TLS alert."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as failure:
        return "ALERT" in (failure.reason or "")
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
