"""A qa with golds, what time makes due in it, and a town of people who answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from services.qa import keys
from shared.contracts.events.asked import Asked
from shared.contracts.events.golds import GoldDue, GoldListed, GoldPlaced
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import GOLDS, PARTITIONS
from shared.pattern.service import Swept
from shared.state.store import Store
from tests.services.qa.in_memory import CAT, QA, SURE
from tests.support.builders import NOW, POOL, TASK_TYPE, a_task, an_answer, an_output
from tests.support.in_memory import InMemory, TwinStore

SLOT = keys.slot(POOL)


def a_gold(gold_id: str = "g-1", **more: object) -> GoldListed:
    """Return a gold as an operator lists it; `more` are other fields."""
    facts = {"pool": POOL, "at": NOW, "task_type": TASK_TYPE, "gold_id": gold_id, "truth": CAT}
    return GoldListed.model_validate(
        {**facts, "output": an_output(None).model_dump(), **more}, strict=False
    )


def a_due(*workers: str, golds: Sequence[str] = (), **more: object) -> GoldDue:
    """Return the timer by which these workers are asked one of these golds."""
    facts = {"pool": POOL, "at": NOW, "task_type": TASK_TYPE, "due_at": NOW}
    return GoldDue.model_validate({**facts, "worker_ids": workers, "gold_ids": golds, **more})


class Golds(InMemory):
    """A qa in which time passes."""

    def __init__(self, *heard: Event) -> None:
        super().__init__(QA)
        self.hear(*heard)

    def hear_all(self, *events: Event) -> None:
        """Hear events, and the timers that follow from them."""
        for event in events:
            due = [made for made in self.hear(event) if isinstance(made, GoldDue)]
            self.hear_all(*due)

    async def sweep(self, seconds: float = 0.0) -> list[Event]:
        """Let time pass, and hear what is due then; returns what the sweep announced."""
        self.now += timedelta(seconds=seconds)
        store = cast("Store", TwinStore(self.twin))
        due: list[Event] = []
        for partition in range(PARTITIONS):
            assert self.service.sweep
            due += await self.service.sweep(Swept(SLOT, partition, self.now, self.now, store))
        self.hear_all(*due)
        return due

    def answered(self, placed: GoldPlaced, *answers: str) -> None:
        """Let those whom a gold was placed with answer it in their order."""
        self.hear(task_of(placed))
        for worker_id, answer in zip(placed.only_for, answers, strict=True):
            self.hear(an_answer(worker_id, answer, task_id=placed.task_id))


def task_of(placed: GoldPlaced) -> TaskCreated:
    """Return the task that intake makes of a placed gold."""
    task = a_task(placed.task_id, policy=SURE)
    return task.model_copy(update={"asked": Asked(only_for=placed.only_for)})


def tombstone(gold_id: str, *, key: bytes | None = None, offset: int = 10_000) -> Record:
    """Return the record by which an operator takes a gold back."""
    key = f"{POOL} {TASK_TYPE} {gold_id}".encode() if key is None else key
    return Record(GOLDS.name, 0, offset, key, None, (), 0)
