"""Waiting: a step is tried until it succeeds, unless the batch is another's meanwhile."""

from collections.abc import Coroutine
from typing import Any

import pytest

from shared.contracts.errors import EpochGone, Overtaken, Revoked, SentuhError, TransientError
from shared.pattern.waiting import Waiting
from tests.shared.pattern.piping import World


class Step:
    """A step that fails with each of these errors in turn, then succeeds."""

    def __init__(self, *errors: SentuhError) -> None:
        self.errors = list(errors)
        self.tries = 0
        self.started_over = 0

    async def __call__(self) -> None:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)

    def start_over(self) -> None:
        self.started_over += 1


def wait_for(step: Step, *, revoked_after: int | None = None) -> World:
    """Run the step to its end; `revoked_after` so many tries the batch is another process's."""
    world = World()
    waiting = Waiting(world.dependencies, retry_seconds=1.0)

    def revoked() -> bool:
        return revoked_after is not None and step.tries >= revoked_after

    doing: Coroutine[Any, Any, None] = waiting.until_done(
        step, revoked=revoked, start_over=step.start_over
    )
    world.run(doing)
    return world


def test_a_step_that_succeeds_is_taken_once() -> None:
    step = Step()
    world = wait_for(step)

    assert step.tries == 1
    assert step.started_over == 0
    assert not world.metric("waits")


def test_an_outage_of_any_length_is_waited_out() -> None:
    outage = [TransientError("Redis is away")] * 50
    step = Step(*outage)
    world = wait_for(step)

    assert step.tries == len(outage) + 1
    assert step.started_over == len(outage)
    assert world.metric("waits") == len(outage)


def test_a_record_that_is_overtaken_is_waited_for_too() -> None:
    step = Step(Overtaken("again and again"))
    wait_for(step)

    assert step.tries == 2


def test_a_batch_that_is_revoked_is_not_tried_again() -> None:
    step = Step(TransientError("Kafka is away"), TransientError("Kafka is away"))
    with pytest.raises(Revoked):
        wait_for(step, revoked_after=1)

    assert step.tries == 1
    assert step.started_over == 0


def test_an_epoch_that_is_gone_is_not_waited_for() -> None:
    step = Step(EpochGone("{payout:main}"))
    with pytest.raises(EpochGone):
        wait_for(step)

    assert step.tries == 1
