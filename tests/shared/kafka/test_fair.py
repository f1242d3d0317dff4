"""A flood on one topic holds up no other, and no topic is left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from shared.kafka.fair import ASIDE_MAX, OUTSIDE_MAX, next_records

TASKS, RESPONSES, PRESENCE, WORKERS = (
    TopicPartition(name, 0) for name in ("tasks", "responses", "presence", "workers")
)


class Client:
    """A consumer that has fetched so much, and begins with what is left of the partition before."""

    def __init__(self, **waiting: int) -> None:
        self.waiting = {TopicPartition(topic, 0): count for topic, count in waiting.items()}
        self.handed: Counter[TopicPartition] = Counter()
        self.waits: list[int] = []
        self.refused: set[TopicPartition] = set()

    @property
    def _fetcher(self) -> SimpleNamespace:
        return SimpleNamespace(_records={part: n for part, n in self.waiting.items() if n})

    def assignment(self) -> set[TopicPartition]:
        return {TASKS, RESPONSES, PRESENCE, WORKERS}

    async def getmany(
        self, *parts: TopicPartition, timeout_ms: int, max_records: int
    ) -> Mapping[TopicPartition, Sequence[int]]:
        self.waits.append(timeout_ms)
        fetched: dict[TopicPartition, Sequence[int]] = {}
        for part in list(self.waiting):
            if part in self.refused and (part in parts or not parts):
                if fetched:
                    return fetched  # as aiokafka does: the next call raises it
                raise TopicAuthorizationFailedError(part.topic)
            count = min(self.waiting[part], max_records - sum(map(len, fetched.values())))
            if count and (part in parts or not parts):
                at = self.handed[part]
                fetched[part] = range(at, at + count)
                self.handed[part] += count
                self.waiting[part] -= count
        return fetched


async def taken(client: Any, records_max: int = 500, *more: str) -> dict[str, int]:
    """How many records of each topic the next batch has."""
    aside = {"presence", *more}
    batch = await next_records(
        client, aside=aside, outside={"responses"}, records_max=records_max, wait_ms=200
    )
    assert all([*records] == [*range(len(records))] for records in batch.values()), "out of order"
    return {part.topic: len(records) for part, records in batch.items()}


async def test_ten_thousand_presences_hold_no_task_up() -> None:
    client = Client(presence=10_000, tasks=7)

    assert await taken(client) == {"tasks": 7, "presence": ASIDE_MAX}


async def test_many_tasks_leave_presence_its_share() -> None:
    client = Client(tasks=10_000, presence=10_000)

    assert await taken(client) == {"tasks": 400, "presence": ASIDE_MAX}


async def test_ten_thousand_bad_answers_hold_no_task_up() -> None:
    client = Client(responses=10_000, tasks=7, presence=10_000)

    assert await taken(client) == {
        "tasks": 7,
        "responses": OUTSIDE_MAX,
        "presence": ASIDE_MAX,
    }


async def test_many_tasks_leave_answers_their_share() -> None:
    client = Client(tasks=10_000, responses=10_000, presence=0)

    assert await taken(client) == {"tasks": 400, "responses": 100}


async def test_what_the_others_leave_goes_to_tasks_in_their_order() -> None:
    client = Client(tasks=10_000)

    assert await taken(client) == {"tasks": 500}


async def test_it_waits_only_where_nothing_is_at_hand() -> None:
    client = Client()

    assert await taken(client) == {}
    assert client.waits[-1] == 200
    assert not any(client.waits[:-1])


async def test_the_smallest_batch_is_of_any_topic() -> None:
    assert await taken(Client(presence=2), records_max=1) == {"presence": 1}


async def test_a_flood_of_presences_holds_no_profile_up() -> None:
    client = Client(presence=10_000, workers=300, tasks=7)

    assert await taken(client, 500, "workers") == {"tasks": 7, "presence": 50, "workers": 50}


@pytest.mark.parametrize("refused", [RESPONSES, PRESENCE, WORKERS])
async def test_what_is_at_hand_outlives_an_error_on_another_topic(refused: TopicPartition) -> None:
    client = Client(presence=9, workers=8, tasks=7)
    client.refused.add(refused)
    batch = await taken(client, 500, "workers")

    assert batch["tasks"] == 7
    assert sum(batch.values()) + sum(client.waiting.values()) == 24, "records of a batch are lost"


async def test_an_error_is_raised_where_nothing_is_at_hand() -> None:
    client = Client(presence=1, tasks=0)
    client.refused.add(PRESENCE)

    with pytest.raises(KafkaError):
        await taken(client)
