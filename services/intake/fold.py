"""Turns each event into changes of intake's state in Redis, at first and when it is rebuilt.

A fold is a function that returns guarded changes for an event: writes that Redis makes only if
their guards (conditions on fields) hold, so that an event may be applied twice.
Example: a TaskCreated event that is applied twice sets the output's `ending` once.
"""

from collections.abc import Iterable

from services.intake import CARD, keys
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.service import Folds
from shared.state.changes import Change, absent, forget, put

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds

folds = Folds()


@folds.of(TaskCreated)
def created(event: TaskCreated) -> Iterable[Change]:
    """Yield the change that records that an output became a task for people."""
    return _ended(event, "task")


@folds.of(OutputWaived)
def waived(event: OutputWaived) -> Iterable[Change]:
    """Yield the change that records that an output was waived: its own answer is final."""
    return _ended(event, "waived")


def _ended(event: TaskCreated | OutputWaived, ending: str) -> Iterable[Change]:
    output = keys.output(event.task_id)
    yield Change(
        aggregate=output,
        guards=(absent(output, "ending"),),
        writes=(
            put(output, ending=ending, digest=event.digest),
            forget(output, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )
