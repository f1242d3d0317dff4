"""State on a real Redis Cluster: the whole suite, one batch over two nodes, and a failover."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio.cluster import RedisCluster

from services.payout.settings import PayoutSettings
from shared.connect.access import RedisAccess
from shared.connect.upstreams import Upstreams
from shared.contracts.errors import EpochGone, TransientError
from shared.state import library
from shared.state.changes import hash_of, put
from shared.state.commit import RedisStore
from shared.state.store import Committed, Request
from tests.secure.redis_cluster import MASTERS, Cluster, cluster
from tests.shared.state.conformance import CHECKS, Check, an_entry
from tests.shared.state.conformance_epochs import EPOCHS
from tests.support.processes import until

POOLS = ("{test:a}", "{test:c}")
"""Two slots on two nodes; the test checks that they are."""


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture
async def client(nodes: Cluster) -> AsyncIterator[RedisCluster]:
    found = RedisAccess(nodes.url, cluster=True).client()
    assert isinstance(found, RedisCluster)
    await found.flushall(target_nodes=RedisCluster.PRIMARIES)
    await found.execute_command("FUNCTION FLUSH", target_nodes=RedisCluster.PRIMARIES)
    yield found
    await found.aclose()


@pytest.mark.parametrize("check", [*CHECKS, *EPOCHS], ids=lambda check: check.__name__)
async def test_a_cluster_conforms(check: Check, client: RedisCluster) -> None:
    store = RedisStore(client)
    await store.prepare()
    await check(store)


async def _opened(store: RedisStore) -> None:
    for slot in POOLS:
        assert await store.lead(slot, "me", seconds=10)
        assert await store.open(slot, "me", f"e-{slot}")


async def test_one_batch_is_committed_over_two_nodes(nodes: Cluster, client: RedisCluster) -> None:
    store = RedisStore(client)
    await store.prepare()
    await _opened(store)
    assert nodes.holder(POOLS[0]) != nodes.holder(POOLS[1])
    entries = {
        slot: [an_entry("e-1", writes=[put(f"{slot}:thing", name=slot)], records=b"r")]
        for slot in POOLS
    }

    replies = await store.commit({slot: (f"e-{slot}", entries[slot]) for slot in POOLS})

    assert replies == {slot: [Committed()] for slot in POOLS}
    loaded = await store.load(
        {slot: Request(ids=("e-1",), reads=(hash_of(f"{slot}:thing"),)) for slot in POOLS}
    )
    for slot in POOLS:
        assert loaded[slot].data[f"{slot}:thing"][1] == {"name": slot}
        assert loaded[slot].outcomes["e-1"].records == b"r"
    assert set(await store.slots("{test}")) == set(POOLS)
    assert await store.epochs(POOLS) == {slot: f"e-{slot}" for slot in POOLS}


async def test_a_master_without_the_library_gets_it_and_the_others_keep_theirs(
    nodes: Cluster, client: RedisCluster
) -> None:
    store = RedisStore(client)
    await store.prepare()
    await _opened(store)
    lost, kept = POOLS
    node = client.get_node_from_key(lost)
    await client.execute_command("FUNCTION FLUSH", target_nodes=[node])

    with pytest.raises(TransientError, match="Function not found"):
        await store.load({lost: Request(ids=())})

    with pytest.raises(EpochGone):
        await store.load({lost: Request(ids=())})
    assert await store.epochs(POOLS) == {kept: f"e-{kept}"}
    for primary in client.get_primaries():
        known = await client.execute_command("FUNCTION LIST", "WITHCODE", target_nodes=[primary])
        assert library.SOURCE.encode() in library.leaves(known)


async def test_a_master_that_takes_no_writes_is_seen_wherever_the_root_is(
    nodes: Cluster, client: RedisCluster
) -> None:
    settings = PayoutSettings(redis_url=nodes.url, redis_cluster=True)
    outside, root = Upstreams(settings, {}), "{payout}"
    await RedisStore(client).prepare()
    before = await outside.redis_takes_writes(root)
    while_full: list[bool] = []
    after: list[bool] = []
    for primary in client.get_primaries():
        for limit, said in (("1mb", while_full), ("0", after)):
            await client.execute_command("CONFIG SET", "maxmemory", limit, target_nodes=[primary])
            said.append(await outside.redis_takes_writes(root))
    await outside.close()

    assert before
    assert while_full == [False] * MASTERS
    assert after == [True] * MASTERS


async def test_a_promoted_replica_has_the_data_and_a_closed_epoch(
    nodes: Cluster, client: RedisCluster
) -> None:
    store = RedisStore(client)
    await store.prepare()
    await _opened(store)
    slot, other = POOLS
    entry = an_entry("e-1", writes=[put(f"{slot}:thing", name="x")], records=b"r")
    await store.commit({slot: (f"e-{slot}", [entry])})
    await client.execute_command("WAIT", 1, 5000, target_nodes=[client.get_node_from_key(slot)])
    at = nodes.holder(slot)
    assert at < MASTERS

    await asyncio.to_thread(nodes.masters[at].kill)
    await asyncio.to_thread(nodes.promoted, at)

    async def gone() -> bool:
        try:
            await store.load({slot: Request(ids=())})
        except EpochGone:
            return True
        except TransientError:
            return False
        raise AssertionError("the epoch is open on a node that never opened it")

    await until(gone, seconds=60)
    assert await store.epochs(POOLS) == {other: f"e-{other}"}
    assert await store.lead(slot, "you", seconds=10)
    found = await store.peek(slot, "you", [hash_of(f"{slot}:thing")])
    assert found is not None
    assert found.data[f"{slot}:thing"][1] == {"name": "x"}
