"""How a verdict on a record is explained: each vote speaks field by field for its value."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sentuh.audit.recount.record import chances, winner
from sentuh.explain.terms import Explaining, Made, given_by_others
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, text_of
from shared.contracts.questions.record import AnyField, RecordQuestion

DIGITS = 6


def _made(verdict: VerdictReached, question: RecordQuestion, votes: Sequence[Vote]) -> Made | None:
    if not votes:
        return None
    cast = [(question.canonical(vote.answer), Decimal(repr(vote.weight))) for vote in votes]
    draft = verdict.draft
    if draft is not None and draft.weight is not None:
        cast.append((question.canonical(draft.answer), Decimal(repr(draft.weight))))
    answer: dict[str, Answer] = {}
    sure, stays = {}, []
    for field in question.fields:
        values = [(_value(record, field.name), weight) for record, weight in cast]
        value, chance = winner(field, values)
        if value is not None:
            answer[field.name] = value
        sure[field.name] = round(float(chance), DIGITS)
        stays.append(_chance(field, values, _value(verdict.answer, field.name)))
    weakest = min(sure, key=lambda name: sure[name])
    words = f"{share(sure[weakest])} sure of its least sure field, {weakest}"
    return Made({**answer}, sure[weakest], min(stays), words)


def _chance(field: AnyField, values: Sequence[tuple[Answer, Decimal]], value: Answer) -> float:
    return round(float(chances(field, values).get(_key(field, value), Decimal(0))), DIGITS)


def _key(field: AnyField, value: Answer) -> str | None:
    return None if value is None else field.value_key(value)


def _value(record: Answer, name: str) -> Answer:
    return record.get(name) if isinstance(record, dict) else None


def _same(verdict: VerdictReached, question: RecordQuestion, answer: Answer) -> bool:
    """Return whether every field has the same value, however it is written."""
    return not list(_differences(verdict, question, answer))


def _differs(verdict: VerdictReached, question: RecordQuestion, answer: Answer) -> str:
    return "; ".join(_differences(verdict, question, answer)) or "the same"


def _differences(
    verdict: VerdictReached, question: RecordQuestion, answer: Answer
) -> Iterator[str]:
    for field in question.fields:
        own, other = (_value(record, field.name) for record in (verdict.answer, answer))
        if _key(field, own) != _key(field, other):
            instead = "nothing" if other is None else f"“{text_of(other)}”"
            yield f"{field.name} {instead}"


EXPLAINING = Explaining[RecordQuestion](
    _made,
    given_by_others,
    "Each vote speaks, field by field, for the value that it gives.",
    same=_same,
    differs=_differs,
    recounts_max=300,
)
"""How verdicts on records are explained."""
