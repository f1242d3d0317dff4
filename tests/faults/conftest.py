"""The stage of the fault tests: with a broker of their own, since they kill it."""

from collections.abc import AsyncIterator

import pytest

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import ApacheKafka, fetch_kafka
from tests.faults.stage import Stage, stage


@pytest.fixture(scope="session")
async def run(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One stage for all of them; each leaves it with everything ended."""
    try:
        fetch_kafka()
    except StackError as failure:
        pytest.skip(f"needs an Apache Kafka of its own, to kill it: {failure}")
    home = tmp_path_factory.mktemp("faults")
    async with ApacheKafka(home / "kafka") as broker, stage(broker, home / "stage") as found:
        yield found
