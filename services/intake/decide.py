"""Decides whether people see an output, once for each output, under the current catalog."""

from datetime import datetime

from services.intake.arrived import OutputArrived
from services.intake.catalog import Catalog, RateCard, TaskType
from services.intake.catalog.witnessing import witness_share_of
from services.intake.gate import (
    check_shown,
    gated,
    is_waived,
    judges_answer,
    past_the_gate,
    standing_answer,
)
from services.intake.pay import with_units
from services.intake.promise.drawing import with_promise
from services.intake.redaction.outputs import redacted
from services.intake.state import Ended, OutputKnown, ToldStanding
from shared.contracts.errors import Reason
from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Gate, Output
from shared.contracts.events.redacted import Redacted
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.question import Answer
from shared.contracts.questions import kind_to_name
from shared.pattern.service import Decision


def admit_promised(
    catalog: Catalog, arrived: OutputArrived, before: OutputKnown, now: datetime
) -> Decision:
    """Return the decision on an output as `admit` does, by how its gate stands."""
    return admit(catalog, arrived, before.ended, now, standing=before.standing)


def admit(
    catalog: Catalog,
    arrived: OutputArrived,
    ended: Ended | None,
    now: datetime,
    *,
    standing: ToldStanding | None = None,
) -> Decision:
    """Return the decision that makes a task of an output, or lets the model's own answer stand.

    `ended` is the earlier decision on the same source and id, if there was one: then the same
    content changes nothing, and other content is refused as a dead letter. Raises Refused if the
    catalog of task types does not fit the output. `standing` is how a gate with a promise stands.
    Example: confidence 0.6 below a threshold of 0.85 becomes a task.
    """
    if ended is not None:
        return again(arrived.digest, ended)
    name, row = task_type_of(arrived, catalog)
    arrived, counts = _redacted(arrived, row)
    check_shown(arrived.output, row)
    decided = _gated(arrived, row, name, standing=standing)
    if is_waived(decided):
        waiver = _waiver(arrived, row, name=name, decided=decided, now=now)
        return Decision.of(waiver.with_values({"redacted": counts}) if counts else waiver)
    card = catalog.rate_cards[row.rate_card]
    created = TaskCreated.made(
        {
            "asked": _asked(arrived, row, card),
            "own_answer": _own_answer(arrived.output, row),
            "pool": row.pool,
            "at": now,
            "task_id": arrived.task_id,
            "ref": arrived.ref,
            "output": arrived.output,
            "policy": catalog.policy(name, now),
            "gate": decided,
            "digest": arrived.digest,
            "redacted": counts,
        }
    )
    return Decision.of(created)


def task_type_of(arrived: OutputArrived, catalog: Catalog) -> tuple[str, TaskType]:
    """Return name and rules of the task type that an output belongs to; Refused without one."""
    name = arrived.task_type or catalog.task_type_for(arrived.output.format)
    return name, catalog.task_type(name)


def again(digest: str, ended: Ended) -> Decision:
    """Return the decision on an output that was decided before: the same content changes nothing.

    Other content is refused: the first stands.
    """
    if digest == ended.digest:
        return Decision.done()
    detail = (
        "id: it had other content before under this source: send changed content under a new id"
    )
    return Decision.refuse(Reason.ID_REUSE, detail)


def _redacted(arrived: OutputArrived, row: TaskType) -> tuple[OutputArrived, tuple[Redacted, ...]]:
    """Return the output without what is to be redacted; all that follows sees no more of it."""
    output, counts = redacted(arrived.output, arrived.ref, row)
    return (arrived.with_values({"output": output}), counts) if counts else (arrived, ())


def _gated(
    arrived: OutputArrived, row: TaskType, name: str, *, standing: ToldStanding | None
) -> Gate:
    """Return the gate's decision; of an output that is to be asked in any case it is not asked."""
    if arrived.ask == "always":
        return past_the_gate(row.gate)
    decided = gated(arrived.output, row, task_type=name, output_id=arrived.task_id)
    if row.gate is None or row.gate.promise is None:
        return decided
    return with_promise(decided, arrived, row, task_type=name, standing=standing)


def _asked(arrived: OutputArrived, row: TaskType, card: RateCard) -> Asked | None:
    asked = with_units(row.asked(arrived.output), row, card, arrived.output)
    more = {
        "not_for": arrived.not_for,
        "only_for": arrived.only_for,
        "judges_answer": judges_answer(arrived.output, row),
    }
    update = {name: value for name, value in more.items() if value}
    return (asked or Asked()).model_copy(update=update) if update else asked


def _own_answer(output: Output, row: TaskType) -> Answer:
    """Return the model's answer in the question's form, where it may count and is not said so."""
    if witness_share_of(row) is None:
        return None
    own = row.own_answer(output)
    return None if own == output.answer else own


def _waiver(
    arrived: OutputArrived, row: TaskType, *, name: str, decided: Gate, now: datetime
) -> OutputWaived:
    return OutputWaived.made(
        {
            "pool": row.pool,
            "at": now,
            "task_id": arrived.task_id,
            "task_type": name,
            "ref": arrived.ref,
            "answer": standing_answer(arrived.output, row),
            "probability": arrived.output.confidence.value or 0.0,
            "gate": decided,
            "digest": arrived.digest,
            "kind": kind_to_name(row.asks()),
        }
    )
