"""What answers where a broker should and is no listener for us: told by what it does, no guess."""

import asyncio
import ssl

from aiokafka.errors import IncompatibleBrokerVersion

from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError

HANDSHAKE_SECONDS = 5.0


async def no_listener(
    access: KafkaAccess, failure: BaseException, *, host: str, port: int
) -> SettingError | None:
    """What must be set otherwise, where this is no broker's listener for clients such as we are.

    None where it may be one.
    """
    where = f"what answers at {host}:{port}"
    if isinstance(failure, IncompatibleBrokerVersion):  # it named what it serves: no metadata
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
    """Whether it shakes hands, or says in TLS that it will not with us."""
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
