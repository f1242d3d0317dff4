"""The short form of `make faults`: each service killed under load, at each point, on real Kafka."""

from pathlib import Path

import pytest

from tests.faults.kills import POINTS, Row, Shot, shoot
from tests.faults.replica import SERVICES, TWO_EACH
from tests.faults.stage import stage
from tests.parts import Kafka

pytestmark = pytest.mark.real_kafka


async def test_kill_at_each_point_loses_nothing_and_pays_nobody_twice(
    kafka: Kafka, prefix: str, tmp_path: Path
) -> None:
    rows: list[Row] = []
    async with stage(kafka.bootstrap, prefix, tmp_path, services=TWO_EACH) as found:
        for turn in range(2):
            shots = [
                Shot(service, POINTS[(2 * turn + at) % len(POINTS)], (2,))
                for at, service in enumerate(SERVICES)
            ]
            rows += await shoot(found, shots, f"{turn}")
    assert [row for row in rows if not row.ok] == []
