"""Judges what came of an input by what must come of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.contracts.errors import Refused
from shared.contracts.events.assignments import AssignmentDeclined
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Confidence
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from tests.reported.cases import Came, Case, Right


@dataclass(frozen=True)
class CameOut:
    """What came of one record: an event, a dead letter, or no word against it (`taken`)."""

    came: Came
    topic: str = ""
    event: Event | None = None
    reason: str = ""
    detail: str = ""

    def __str__(self) -> str:
        if self.came == "refused":
            return f"{self.topic}: {self.reason}: {self.detail}"
        if isinstance(self.event, TaskCreated):
            sure = _in_words(self.event.output.confidence)
            return (
                f"{self.topic}: task.created.v1, gate {self.event.gate.reason}, confidence {sure}"
            )
        if isinstance(self.event, OutputWaived):
            return f"{self.topic}: output.waived.v1, {self.event.answer} at {_short(self.event)}"
        if isinstance(self.event, AssignmentDeclined):
            return f"{self.topic}: assignment.declined.v1, {self.event.reason}: {self.event.note}"
        return self.came


@dataclass(frozen=True)
class Outcome:
    """What came of a case: of each record, whether its worker was offered the next task, or what
    a process printed.
    """

    records: tuple[CameOut, ...] = ()
    offered: bool | None = None
    printed: str = ""
    ended: str = ""

    def __str__(self) -> str:
        lines = [str(record) for record in self.records]
        lines += [] if self.offered is None else [f"then {'' if self.offered else 'not '}offered"]
        lines += [f"{self.ended}: {self.printed}"] if self.ended else []
        return "\n".join(lines)


def problems(case: Case, outcome: Outcome) -> list[str]:
    """Return what is not right about the outcome of a case; none if it is right.

    Example: ["record 1: confidence 0.97 is not within 0.1 to 0.2"].
    """
    row = case.row
    if row is None:
        return ["expected.yaml says nothing about it"]
    wrong = list(_wrong_words(outcome.printed, row.says, row.leaves_out))
    if outcome.ended != row.process:
        wrong.append(f"{outcome.ended or 'no process'} where {row.process or 'none'} is right")
    if outcome.offered != row.offered:
        wrong.append("its worker is offered the next task" if outcome.offered else "no offer")
    if len(outcome.records) != len(row.records):
        wrong.append(f"{len(outcome.records)} outcomes, {len(row.records)} are described")
    several = len(row.records) > 1
    for at, (came, right) in enumerate(zip(outcome.records, row.records, strict=False), 1):
        wrong += [f"record {at}: {one}" if several else one for one in _wrong(came, right)]
    return wrong


def refused(topic: str, refusal: Refused) -> CameOut:
    """Return the outcome of a refused record."""
    return CameOut("refused", topic, reason=refusal.reason.value, detail=refusal.detail)


def _wrong(came: CameOut, right: Right) -> Iterator[str]:
    wanted = (right.came,) if isinstance(right.came, str) else right.came
    if came.came not in wanted:
        yield f"{came.came} where {' or '.join(wanted)} is right"
        return
    if right.reason and came.came == "refused" and came.reason != right.reason:
        yield f"reason {came.reason} where {right.reason} is right"
    if came.came == "refused":
        yield from _wrong_words(came.detail, right.says, right.leaves_out)
    if isinstance(came.event, TaskCreated | OutputWaived):
        yield from _wrong_facts(came.event, right)


def _wrong_words(text: str, says: Sequence[str], leaves_out: Sequence[str]) -> Iterator[str]:
    lower = text.casefold()
    yield from (f"does not say “{word}”" for word in says if word.casefold() not in lower)
    yield from (f"says “{word}”" for word in leaves_out if word.casefold() in lower)


def _wrong_facts(event: TaskCreated | OutputWaived, right: Right) -> Iterator[str]:
    facts: dict[str, object] = {"id": event.ref.id, "source": event.ref.source}
    if isinstance(event, TaskCreated):
        facts |= {
            "gate": event.gate.reason, "text": event.output.text, "answer": event.output.answer,
        }  # fmt: skip
        yield from _wrong_confidence(event.output.confidence, right)
    else:
        facts |= {"gate": event.gate.reason, "answer": event.answer}
        if isinstance(right.confidence, tuple):
            yield from _outside(event.probability, right.confidence)
    for name, value in facts.items():
        wanted = getattr(right, name)
        if wanted is not None and value != wanted:
            yield f"{name} is {value}, and {wanted} is right"


def _wrong_confidence(confidence: Confidence, right: Right) -> Iterator[str]:
    if right.confidence is None:
        return
    if isinstance(right.confidence, str):
        if confidence.status != right.confidence:
            yield f"confidence is {_in_words(confidence)}, and {right.confidence} is right"
    elif confidence.value is None:
        yield f"confidence is {confidence.status}"
    else:
        yield from _outside(confidence.value, right.confidence)


def _outside(value: float | None, bounds: tuple[float, float]) -> Iterator[str]:
    if value is None or not bounds[0] <= value <= bounds[1]:
        yield f"confidence {value} is not within {bounds[0]} to {bounds[1]}"


def _in_words(confidence: Confidence) -> str:
    value = "" if confidence.value is None else f" {confidence.value:.4g}"
    return f"{confidence.status}{value}"


def _short(event: OutputWaived) -> str:
    return "no probability" if event.probability is None else f"{event.probability:.4g}"
