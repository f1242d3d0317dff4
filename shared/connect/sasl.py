"""Finds out which mechanisms a Kafka listener takes that does not take ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import IllegalSaslStateError, KafkaError, UnsupportedSaslMechanismError
from aiokafka.protocol.admin import SaslHandShakeRequest

from shared.connect.access import MECHANISMS, KafkaAccess
from shared.contracts.errors import SettingError

ASK_SECONDS = 10.0


async def mechanism_refusal(
    access: KafkaAccess, failure: BaseException, *, host: str, port: int
) -> SettingError | None:
    """Return the setting to correct if a listener refused the mechanism; None where it did not.

    aiokafka does not hand on the mechanisms that a listener takes, so it is asked once more.
    Example: "SENTUH_KAFKA_SASL_MECHANISM: this listener of Kafka at k:9092 takes PLAIN, ...".
    """
    if not isinstance(failure, UnsupportedSaslMechanismError | IllegalSaslStateError):
        return None
    try:
        async with asyncio.timeout(ASK_SECONDS), _before_login(access, host, port) as link:
            answer = await link.send(SaslHandShakeRequest(access.mechanism))
    except (KafkaError, OSError, TimeoutError):
        return None
    return _no_such_mechanism(access, answer.enabled_mechanisms)


@asynccontextmanager
async def _before_login(access: KafkaAccess, host: str, port: int) -> AsyncIterator[Any]:
    """Connect to a listener with SASL, encrypted as it is, and log nobody in."""
    options: dict[str, Any] = {"security_protocol": access.security.removeprefix("SASL_")}
    if access.encrypted:
        options["ssl_context"] = access.tls_files.context()
    link = await create_conn(host, port, client_id="sentuh", **options)
    try:
        yield link
    finally:
        link.close()


def _no_such_mechanism(access: KafkaAccess, offered: list[str]) -> SettingError:
    listener = f"this listener of Kafka at {access.servers}"
    ours = [name for name in MECHANISMS if name in offered]
    if not offered:
        return SettingError(
            f"SENTUH_KAFKA_SECURITY: {listener} takes no login by SASL: set what it takes instead"
            f" of {access.security}, or name another port"
        )
    takes = ", ".join(offered)
    if not ours:
        return SettingError(
            f"SENTUH_KAFKA_BOOTSTRAP_SERVERS: {listener} takes {takes} alone, which is not here:"
            f" name a listener that takes one of {', '.join(MECHANISMS)}"
        )
    return SettingError(
        f"SENTUH_KAFKA_SASL_MECHANISM: {listener} takes {takes}, and no {access.mechanism}: set"
        f" {' or '.join(ours)}, or name another port"
    )
