"""Turns each event into changes of intake's state in Redis, at first and when it is rebuilt.

A fold is a function that returns guarded changes for an event: writes that Redis makes only if
their guards (conditions on fields) hold, so that an event may be applied twice.
Example: a TaskCreated event that is applied twice sets the output's `ending` once.
"""

from collections.abc import Iterable

from services.intake import CARD, keys
from services.intake.spread import StandingTold
from services.intake.state import ToldStanding
from shared.contracts.card import ending_kept_seconds
from shared.contracts.events.gates import GateForgotten, GateLearned
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.topics import VERDICTS
from shared.pattern.clock import to_ms
from shared.pattern.service import Folds
from shared.state.changes import (
    Change,
    absent,
    advance,
    drop_fields,
    field_below,
    forget,
    keep,
    put,
    score,
    unscore,
)

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds
GATE_KEPT_SECONDS = ending_kept_seconds((VERDICTS,))
"""How long it is remembered that a gate was forgotten."""

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


@folds.of(GateLearned)
def learned(event: GateLearned) -> Iterable[Change]:
    """Yield the change that keeps what a gate has learned, unless a later revision is there."""
    gate = keys.gate(event.gate)
    yield Change(
        aggregate=gate,
        guards=(field_below(gate, "n", event.revision),),
        writes=(
            put(gate, n=event.revision, term=event.term, task_type=event.task_type),
            put(keys.learned(event.gate), event=event.model_dump_json(exclude_none=True)),
            keep(gate),
            score(keys.used(), event.gate, to_ms(event.at)),
        ),
    )


@folds.of(GateForgotten)
def forgotten(event: GateForgotten) -> Iterable[Change]:
    """Yield the changes that forget what a gate has learned, unless it has learned since.

    Whatever gate begins after it begins in a later term.
    """
    gate = keys.gate(event.gate)
    yield Change(
        aggregate=gate,
        guards=(field_below(gate, "n", event.revision),),
        writes=(
            put(gate, n=event.revision),
            drop_fields(gate, "term", "task_type"),
            drop_fields(keys.learned(event.gate), "event"),
            unscore(keys.used(), event.gate),
            forget(gate, int(event.at.timestamp()) + GATE_KEPT_SECONDS),
        ),
    )
    begins = advance(keys.begins(), {"term": event.term + 1, "n": event.revision})
    yield Change(aggregate=None, guards=(), writes=(begins,))


@folds.of(StandingTold)
def standing_told(event: StandingTold) -> Iterable[Change]:
    """Yield the change that keeps how a gate stands in a bucket, unless a later one is there."""
    standing = keys.standing(event.pool, event.gate)
    stands = ToldStanding.of_event(event)
    lasting = keep(standing)
    if event.forgotten:
        lasting = forget(standing, int(event.at.timestamp()) + GATE_KEPT_SECONDS)
    yield Change(
        aggregate=None,
        guards=(field_below(standing, "n", event.revision),),
        writes=(put(standing, n=event.revision, stands=stands.text), lasting),
    )
