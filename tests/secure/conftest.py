"""One secured broker for all tests of this folder, and the authority that signs for everybody."""

from collections.abc import Iterator

import pytest

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import fetch_kafka
from tests.secure.authority import Authority
from tests.secure.broker import SecureKafka


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs certificates here."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def broker(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """Apache Kafka with users, certificates and the authorizer on."""
    try:
        fetch_kafka()
    except StackError as failure:
        pytest.skip(f"needs Apache Kafka on the local JDK: {failure}")
    with SecureKafka(tmp_path_factory.mktemp("broker"), authority) as found:
        yield found
