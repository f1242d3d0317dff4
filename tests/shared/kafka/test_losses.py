"""What a topic lost unread is kept in Redis, once however often it is noted, and shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from shared.connect.access import RedisAccess
from shared.contracts.errors import TransientError
from shared.contracts.record import TopicPartition
from shared.contracts.topics import MODEL_OUTPUTS, Names
from shared.kafka import losses as module
from shared.kafka.losses import Loss, Losses, Position, losses_in, lost_key, read_key
from shared.observe.metrics import PatternMetrics
from tests.support.captured_logs import logged

TOPIC = MODEL_OUTPUTS.name
ROOT = "{intake}"
PLACE = TopicPartition(TOPIC, 2)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Any]:
    client = RedisAccess(redis_url).client()
    yield client
    await client.aclose()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def losses(client: Any, registry: CollectorRegistry) -> Losses:
    return Losses(client, ROOT, PatternMetrics("intake", registry, Names()))


async def _kept(client: Any) -> list[Loss]:
    return losses_in(await client.hgetall(lost_key(ROOT)))


async def test_a_loss_is_kept_with_its_place_and_its_offsets(losses: Losses, client: Any) -> None:
    loss = Loss(TOPIC, 2, 1, 100, 150)

    await losses.note([loss], {PLACE: Position(1, 150)})

    assert await _kept(client) == [loss]
    assert loss.records == 50
    assert await losses.positions() == {PLACE: Position(1, 150)}


async def test_a_loss_noted_twice_counts_once_as_far_as_it_reaches(
    losses: Losses, client: Any
) -> None:
    for end in (150, 160):
        await losses.note([Loss(TOPIC, 2, 0, 100, end)], {})

    assert [loss.records for loss in await _kept(client)] == [60]


async def test_losses_are_bounded_and_no_record_of_them_is_forgotten(
    losses: Losses, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOSSES_MAX", 3)

    await losses.note([Loss(TOPIC, 2, 0, at, at + 10) for at in range(0, 1000, 100)], {})

    kept = await _kept(client)
    assert len(kept) == 4
    assert sum(loss.records for loss in kept) == 100


async def test_the_metric_shows_what_redis_holds_by_topic(
    losses: Losses, client: Any, registry: CollectorRegistry
) -> None:
    def shown() -> float | None:
        return registry.get_sample_value("sentuh_intake_lost_unread_records", {"topic": TOPIC})

    await losses.note([Loss(TOPIC, 2, 0, 0, 5), Loss(TOPIC, 3, 0, 7, 9)], {})
    await losses.show()
    before = shown()
    await client.delete(lost_key(ROOT))
    await losses.show()

    assert (before, shown()) == (7, 0)


async def test_a_loss_is_logged_with_its_offsets(
    losses: Losses, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = logged(monkeypatch, module)

    await losses.note([Loss(TOPIC, 2, 0, 100, 150)], {})

    (line,) = [one for one in lines if one["event"].startswith("records were deleted")]
    assert (line["topic"], line["partition"], line["first"], line["end"]) == (TOPIC, 2, 100, 150)


async def test_positions_are_not_forgotten_while_redis_is_away(client: Any) -> None:
    away = RedisAccess("redis://127.0.0.1:1").client()
    metrics = PatternMetrics("intake", CollectorRegistry(), Names())
    losses = Losses(away, ROOT, metrics)
    losses.moved({PLACE: Position(0, 7)})

    with pytest.raises(TransientError):
        await losses.flush()
    losses._client = client
    await losses.flush()

    assert await client.hgetall(read_key(ROOT)) == {b"model-outputs:2": b"0:7"}
    await away.aclose()
