"""A whole process on real servers: started, asked, killed, stopped, and nothing is lost."""

import asyncio
import json
import socket
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from sentuh.embedded.child import StackError, free_port
from sentuh.embedded.servers import Valkey
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, VERDICTS, Names
from shared.process.run import AWAY
from tests.support.cluster import Kafka
from tests.support.processes import (
    Payout,
    answered,
    committed,
    make_topics,
    outgoing,
    publish,
    reached,
    read_topic,
    settings_for,
    until,
)

TASKS = 60
OF_A_START = ("epoch gone", "catch-up waits", "Group Coordinator")
"""What once was told of every healthy start as if something were wrong."""


@pytest.fixture
def topics(kafka: Kafka, prefix: str) -> Names:
    make_topics(kafka, prefix)
    return Names(prefix)


async def give_work(kafka: Kafka, names: Names) -> None:
    """An answer and a verdict for each task: two earnings each."""
    events = [event for number in range(TASKS) for event in (answered(number), reached(number))]
    await publish(kafka, [outgoing(event, names) for event in events])


async def earned(kafka: Kafka, names: Names) -> Counter[str]:
    """How often each earning was published."""
    found = await read_topic(kafka, names.of(EARNINGS), count=2 * TASKS)
    return Counter(dict(record.headers)["ce_id"].decode() for record in found)


async def all_handled(kafka: Kafka, payout: Payout, names: Names) -> bool:
    group = payout.settings.group
    offsets = [
        await committed(kafka, group, names.of(row), row.partitions)
        for row in (ASSIGNMENTS, VERDICTS)
    ]
    return offsets == [TASKS, TASKS]


async def unsettled(redis_url: str) -> int:
    async with Redis.from_url(redis_url) as client:
        return int(await client.zcard("{payout:main}:unsettled"))


async def test_a_process_handles_what_comes_and_says_how_it_is(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names
) -> None:
    async with Payout(settings_for(kafka, redis_url, prefix)) as payout:
        await give_work(kafka, topics)
        await until(lambda: all_handled(kafka, payout, topics))
        live, ready, metrics = (payout.ask(path) for path in ("/live", "/ready", "/metrics"))
        missing = payout.ask("/")
        alarming = [line for line in payout.lines() if line["level"] in {"warning", "error"}]
        beginning = [line for line in alarming if line["event"].startswith(OF_A_START)]

    counts = await earned(kafka, topics)
    assert set(counts.values()) == {1}
    assert len(counts) == 2 * TASKS
    assert live == (200, '{"ok": true, "amiss": []}\n')
    assert ready == (200, '{"ok": true, "amiss": []}\n')
    assert f'sentuh_payout_outcomes_total{{outcome="committed"}} {2.0 * TASKS}' in metrics[1]
    assert "sentuh_payout_ready 1.0" in metrics[1]
    assert missing[0] == 404
    assert beginning == []
    assert payout.exit_code == 0


async def test_a_stop_in_mid_batch_leaves_nothing_unsettled(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, tmp_path: Path
) -> None:
    fired = tmp_path / "fired"
    faults = {"SENTUH_FAULTS": "payout.committed:delay=0.7:1", "SENTUH_FAULTS_LOG": str(fired)}
    settings = settings_for(kafka, redis_url, prefix)
    async with Payout(settings, **faults) as payout:
        await give_work(kafka, topics)
        await until(fired.exists)
        await asyncio.to_thread(payout.stop)
        assert payout.exit_code == 0
        assert await unsettled(redis_url) == 0
    async with Payout(settings) as payout:
        await until(lambda: all_handled(kafka, payout, topics))

    counts = await earned(kafka, topics)
    assert set(counts.values()) == {1}
    assert len(counts) == 2 * TASKS


@pytest.mark.real_kafka
@pytest.mark.parametrize("point", ["committed", "publishing"])
async def test_a_killed_process_is_made_good_by_its_next_life(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, point: str
) -> None:
    settings = settings_for(kafka, redis_url, prefix)
    async with Payout(settings, SENTUH_FAULTS=f"payout.{point}:kill:1") as payout:
        await give_work(kafka, topics)
        await until(lambda: not payout.running)
    async with Payout(settings) as payout:
        await until(lambda: all_handled(kafka, payout, topics))
        await until(lambda: unsettled_is_none(redis_url))

    assert len(await earned(kafka, topics)) == 2 * TASKS


async def unsettled_is_none(redis_url: str) -> bool:
    return await unsettled(redis_url) == 0


async def test_readiness_follows_redis(
    kafka: Kafka, prefix: str, topics: Names, tmp_path: Path
) -> None:
    valkey = Valkey(tmp_path)
    async with valkey, Payout(settings_for(kafka, valkey.url, prefix)) as payout:
        await asyncio.to_thread(valkey.stop)
        await until(lambda: not payout.ready(), seconds=4)
        status, body = payout.ask("/ready")
        live, _ = payout.ask("/live")
        await asyncio.to_thread(valkey.start)
        await until(payout.ready)

    assert status == 503
    assert live == 200
    assert "Redis does not answer" in json.loads(body)["amiss"]


async def test_a_stop_before_state_is_whole_is_an_orderly_one(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, tmp_path: Path
) -> None:
    payout = Payout(settings_for(kafka, redis_url, prefix, epoch_quiet_seconds=60), tmp_path)
    payout.spawn()
    await until(lambda: payout.logged("catching up"))
    not_yet = payout.ask("/ready")
    await asyncio.to_thread(payout.stop)

    assert payout.exit_code == 0
    assert "state is being made whole" in json.loads(not_yet[1])["amiss"]


async def ends_with(payout: Payout, line: str) -> None:
    """The process gives up with exit code 1 and this as its last line."""
    with pytest.raises(StackError):
        await asyncio.to_thread(payout.start)
    assert payout.exit_code == 1
    assert line in payout.log.read_text().splitlines()[-1]


async def test_no_kafka_no_start(kafka: Kafka, redis_url: str, prefix: str, tmp_path: Path) -> None:
    nowhere = {"kafka_bootstrap_servers": f"127.0.0.1:{free_port()}", "start_seconds": 1}
    payout = Payout(settings_for(kafka, redis_url, prefix, **nowhere), tmp_path)

    await ends_with(payout, "set SENTUH_KAFKA_BOOTSTRAP_SERVERS")


async def test_no_topics_no_start(
    kafka: Kafka, redis_url: str, prefix: str, tmp_path: Path
) -> None:
    payout = Payout(settings_for(kafka, redis_url, prefix, start_seconds=4), tmp_path)

    await ends_with(payout, "run `sentuh topics apply`")
    (waits,) = payout.logged("start waits")
    assert waits["cause"].startswith(f"not there: {prefix}")
    assert "run `sentuh topics apply`" in waits["fix"]
    assert waits["seconds"] == 4


async def test_an_unknown_host_is_waited_for_and_named_when_that_begins(
    kafka: Kafka, redis_url: str, prefix: str, tmp_path: Path
) -> None:
    nowhere = {"kafka_bootstrap_servers": "no-such-host.invalid:9092", "start_seconds": 4}
    payout = Payout(settings_for(kafka, redis_url, prefix, **nowhere), tmp_path)

    await ends_with(payout, "set SENTUH_KAFKA_BOOTSTRAP_SERVERS")
    (waits,) = payout.logged("start waits")
    assert waits["cause"].endswith("no such host name")


async def test_no_redis_no_start(kafka: Kafka, prefix: str, topics: Names, tmp_path: Path) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}"
    payout = Payout(settings_for(kafka, nowhere, prefix, start_seconds=1), tmp_path)

    await ends_with(payout, "set SENTUH_REDIS_URL")


async def test_state_in_another_form_no_start(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, tmp_path: Path
) -> None:
    """Whatever has run until now left an epoch and no state version."""
    async with Redis.from_url(redis_url) as client:
        await client.set("{payout}:epoch", "of an older version")
        await ends_with(
            Payout(settings_for(kafka, redis_url, prefix), tmp_path),
            "payout: Redis holds state without a version, of an older build ({payout}), and this"
            " build reads and writes state version",
        )
        assert await client.keys("*") == [b"{payout}:epoch"]


async def test_state_that_goes_back_to_another_form_ends_a_process_that_runs(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, tmp_path: Path
) -> None:
    async with (
        Redis.from_url(redis_url) as client,
        Payout(settings_for(kafka, redis_url, prefix), tmp_path) as payout,
    ):
        await client.flushall()
        await client.set("{payout}:epoch", "of an older version")
        await until(lambda: not payout.running)
        last = payout.log.read_text().splitlines()[-1]

    assert payout.exit_code == 1
    assert "run `sentuh redis empty payout`" in last
    assert not payout.logged("a bug")


async def test_a_port_that_is_taken_is_named(
    kafka: Kafka, redis_url: str, prefix: str, topics: Names, tmp_path: Path
) -> None:
    settings = settings_for(kafka, redis_url, prefix)
    with socket.create_server(("127.0.0.1", settings.http_port)):
        await ends_with(Payout(settings, tmp_path), "SENTUH_PAYOUT_HTTP_PORT")


@pytest.mark.parametrize("kind", ["another prefix", "another database"])
async def test_a_second_installation_on_one_redis_ends_with_one_line(
    kafka: Kafka, redis_url: str, prefix: str, tmp_path: Path, kind: str
) -> None:
    """And the first one goes on undisturbed."""
    make_topics(kafka, prefix)
    make_topics(kafka, f"{prefix}other-")
    place = urlsplit(redis_url)
    of_other = {
        "another prefix": (redis_url, f"{prefix}other-", "SENTUH_TOPIC_PREFIX: this Redis holds"),
        "another database": (
            place._replace(path="/1").geturl(),
            prefix,
            "SENTUH_REDIS_URL: another installation's payout runs on this Redis server",
        ),
    }
    url, topics, begins = of_other[kind]
    async with Payout(settings_for(kafka, redis_url, prefix)) as first:
        await asyncio.to_thread(first.wait_ready)
        second = Payout(settings_for(kafka, url, topics), tmp_path)
        with pytest.raises(StackError, match=f"ended with {AWAY}"):
            await asyncio.to_thread(second.start)
        (line,) = [one for one in second.log.read_text().splitlines() if one[:1] != "{"]
        assert first.ready()
        assert not first.logged("catching up")[1:]

    print(f"{kind}: {line}")
    assert line.startswith(begins)


async def test_a_policy_that_evicts_is_told_by_ready_while_running(
    kafka: Kafka, redis_url: str, prefix: str
) -> None:
    make_topics(kafka, prefix)
    async with (
        Payout(settings_for(kafka, redis_url, prefix)) as payout,
        Redis.from_url(redis_url) as admin,
    ):
        await asyncio.to_thread(payout.wait_ready)
        try:
            await admin.config_set("maxmemory-policy", "volatile-lru")
            await until(lambda: payout.ask("/ready")[0] == 503)
            status, body = payout.ask("/ready")
            print(f"/ready: {status} {body.strip()}")
            assert json.loads(body)["amiss"] == ["Redis may evict keys"]
            assert "sentuh_payout_redis_evicts 1.0" in payout.ask("/metrics")[1]
            assert payout.ask("/live")[0] == 200
        finally:
            await admin.config_set("maxmemory-policy", "noeviction")
        await until(payout.ready)
        assert "sentuh_payout_redis_evicts 0.0" in payout.ask("/metrics")[1]
        (line,) = payout.logged("Redis is no longer fit for our state")
        print(line)
        assert payout.logged("Redis is fit for our state again")
