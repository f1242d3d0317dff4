"""A controller, or TLS, where a broker should answer us is told at once; what may be one is not."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import ApacheKafka, fetch_kafka
from shared.connect.access import KafkaAccess
from shared.connect.admission import reach
from shared.contracts.errors import SettingError, TransientError
from tests.secure.authority import Authority
from tests.shared.connect.test_refusals import answering

CONTROLLER = r"^SENTUH_KAFKA_BOOTSTRAP_SERVERS: .* is a KRaft controller's listener: name"
TLS = r"^SENTUH_KAFKA_SECURITY: .* speaks TLS, and PLAINTEXT was spoken to it: set SASL_SSL or SSL"
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
"""Of TLS 1.2: fatal, handshake failure."""


@pytest.fixture(scope="module")
def broker(kafka_can_be_had: None) -> Iterator[ApacheKafka]:
    with ApacheKafka() as broker:
        yield broker


@pytest.fixture(scope="module")
def kafka_can_be_had() -> None:
    try:
        fetch_kafka()
    except StackError as failure:
        pytest.skip(f"needs Apache Kafka on the local JDK: {failure}")


async def answers(access: KafkaAccess) -> bool:
    try:
        await reach(access)
    except (SettingError, TransientError):
        return False
    return True


@pytest.mark.slow
async def test_a_controller_is_no_listener_for_clients(broker: ApacheKafka) -> None:
    with pytest.raises(SettingError, match=CONTROLLER):
        await reach(KafkaAccess(f"127.0.0.1:{broker.controller_port}"))


@pytest.mark.slow
async def test_a_controller_beside_a_broker_is_passed_over(broker: ApacheKafka) -> None:
    """As clients do: it raises nothing."""
    access = KafkaAccess(f"127.0.0.1:{broker.controller_port},{broker.bootstrap}")

    assert await answers(access)


@pytest.mark.slow
async def test_a_broker_that_may_come_back_is_waited_for(broker: ApacheKafka) -> None:
    with pytest.raises(TransientError):
        await reach(KafkaAccess(f"127.0.0.1:{broker.controller_port},127.0.0.1:1"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_tls_where_plaintext_is_spoken_is_told(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    shown = Authority(tmp_path).signs("broker")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown.certificate, shown.key)
    context.minimum_version = context.maximum_version = version
    async with answering(b"", context) as port:
        with pytest.raises(SettingError, match=TLS):
            await reach(KafkaAccess(f"127.0.0.1:{port}"))


async def test_tls_that_refuses_us_is_tls() -> None:
    """It says so in an alert, and ends the connection."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(ALERT)
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(SettingError, match=TLS):
            await reach(KafkaAccess(f"127.0.0.1:{port}"))


async def test_what_only_ends_the_connection_may_be_anything() -> None:
    async with answering(b"") as port:
        with pytest.raises(TransientError):
            await reach(KafkaAccess(f"127.0.0.1:{port}"))
