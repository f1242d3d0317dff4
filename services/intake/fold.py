"""Folds of intake: events into changes of its state, in any order, any number of times."""

from collections.abc import Iterable

from services.intake import CARD, keys
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.service import Folds
from shared.state.changes import Change, absent, forget, put

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds

folds = Folds()


@folds.of(TaskCreated)
def created(event: TaskCreated) -> Iterable[Change]:
    """Keep that the output became a task."""
    return _ended(event, "task")


@folds.of(OutputWaived)
def waived(event: OutputWaived) -> Iterable[Change]:
    """Keep that the output was waived: the model's own answer stands."""
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
