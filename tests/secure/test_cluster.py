"""Two pools on a real Redis Cluster: a master is killed under load, and nothing is lost."""

import asyncio
from pathlib import Path

import pytest

from sentuh.broker.topics import apply
from shared.connect.access import KafkaAccess, RedisAccess
from shared.contracts.rights import ROLES
from shared.contracts.topics import SERVICES, Names
from tests.secure.redis_cluster import cluster
from tests.secure.scene import Parties, scene
from tests.support.cluster import Kafka

POOLS = ("main", "north")
AT_START = 1
"""A first start makes its state whole once."""
pytestmark = pytest.mark.real_kafka


async def test_a_killed_master_costs_a_catch_up_and_no_record(
    kafka: Kafka, prefix: str, tmp_path: Path
) -> None:
    names = Names(prefix)
    await apply(kafka.bootstrap, names)
    with cluster(tmp_path) as found:
        slots = [f"{{router:{pool}}}" for pool in POOLS]
        assert found.holder(slots[0]) != found.holder(slots[1])
        redis = RedisAccess(found.url, cluster=True)
        parties = Parties(
            dict.fromkeys(ROLES, KafkaAccess(kafka.bootstrap)),
            dict.fromkeys((*SERVICES, "auditor"), redis),
            names,
        )
        async with scene(parties, tmp_path, pools=POOLS) as run:
            await run.publish("before", 40)
            load = asyncio.create_task(run.publish("while", 200))
            at = found.holder(slots[0])
            await asyncio.to_thread(found.masters[at].kill)
            await asyncio.to_thread(found.promoted, at)
            await load
            await run.ended()

            report = await run.audited()
            assert report.ok, report.broken
            router = next(service for service in run.services if service.service == "router")
            assert router.log.read_text().count('"caught up"') >= AT_START + 1
