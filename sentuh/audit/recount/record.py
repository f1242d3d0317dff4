"""Verdicts on records recomputed from their votes, field by field, independently of qa.

The definition it follows. A guess falls on a value with the chance g: of a choice one by the number
of options, of which leaving the field out is one where that is allowed. Of other fields LEFT_OUT is
the chance of leaving it out where that is allowed, and a value with n characters has the rest by
n + WAYS_MIN. Before any vote a value has the chance g, and what is left to 1 is that nobody said
the right one. A vote of weight w (at least g) multiplies its value's odds against all others by
w (1 - g) / ((1 - w) g), to the power DAMPING. The most probable value that was said is the field's;
of equals the one said first, by assignment id. It is written as most weight writes it. A draft that
nobody had seen is one vote more, after the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.recount.terms import Recount, weighed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    AnyField,
    ChoiceField,
    RecordDetail,
    RecordQuestion,
)

DAMPING = Decimal("0.7")
LEFT_OUT, WAYS_MIN = Decimal("0.25"), 5
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.0001"), Decimal("0.97")
DIGITS = Decimal("0.000001")
TOLERANCE = Decimal("0.0000015")
Said = Sequence[tuple[Answer, Decimal]]
"""The value of a field in each vote, None where it is left out, and the vote's weight."""


def chances(field: AnyField, values: Said) -> dict[str | None, Decimal]:
    """Return the probability of each value that was said, under its key."""
    with localcontext() as context:
        context.prec = 50
        odds: dict[str | None, Decimal] = {}
        for value, weight in values:
            key = None if value is None else field.value_key(value)
            guess = _guess(field, key)
            right = min(WEIGHT_MAX, max(WEIGHT_MIN, weight, guess))
            speaks = max(Decimal(1), right * (1 - guess) / ((1 - right) * guess))
            odds[key] = odds.get(key, guess) * speaks**DAMPING
        nobody = max(Decimal(0), 1 - sum((_guess(field, key) for key in odds), Decimal(0)))
        whole = sum(odds.values(), nobody)
        return {key: share / whole for key, share in odds.items()}


def winner(field: AnyField, values: Said) -> tuple[Answer, Decimal]:
    """Return a field's value and its probability."""
    shares = {key: share.quantize(DIGITS) for key, share in chances(field, values).items()}
    top = max(shares.values())
    # A dict keeps the order in which its keys came: that of the votes.
    key = next(key for key, share in shares.items() if share == top)
    forms: dict[str, Decimal] = {}
    written: dict[str, Answer] = {}
    for value, weight in values:
        if value is not None and field.value_key(value) == key:
            forms[str(value)] = forms.get(str(value), Decimal(0)) + weight
            written.setdefault(str(value), value)
    return written[max(forms, key=lambda form: forms[form])] if forms else None, top


def _guess(field: AnyField, key: str | None) -> Decimal:
    if isinstance(field, ChoiceField):
        return 1 / Decimal(len(field.options) + (0 if field.required else 1))
    if key is None:
        return LEFT_OUT
    return (Decimal(1) if field.required else 1 - LEFT_OUT) / (len(key) + WAYS_MIN)


def _wrong(verdict: VerdictReached, question: RecordQuestion) -> Iterator[Violation]:
    valid, faults = weighed(verdict, question)
    yield from faults
    if not valid:
        return
    records = [(question.canonical(vote.answer), Decimal(repr(vote.weight))) for vote in valid]
    draft = verdict.draft
    if draft is not None and draft.weight is not None:
        records.append((question.canonical(draft.answer), Decimal(repr(draft.weight))))
    expected = {
        field.name: winner(field, [(_value(record, field.name), w) for record, w in records])
        for field in question.fields
    }
    yield from _differences(verdict, expected)


def _value(record: Answer, name: str) -> Answer:
    return record.get(name) if isinstance(record, dict) else None


def _differences(
    verdict: VerdictReached, expected: Mapping[str, tuple[Answer, Decimal]]
) -> Iterator[Violation]:
    record = {name: value for name, (value, _) in expected.items() if value is not None}
    if verdict.answer != record:
        yield Violation(verdict.task_id, "its record is not the one that its votes make")
        return
    said, weakest = verdict.detail, min(share for _, share in expected.values())
    if said is None and abs(Decimal(repr(verdict.probability)) - weakest) <= TOLERANCE:
        return  # it is left out where it would not have fitted the record
    if not isinstance(said, RecordDetail) or said.fields.keys() != expected.keys():
        yield Violation(verdict.task_id, "does not say how probable each of its fields is")
        return
    for name, (_, share) in expected.items():
        if abs(Decimal(repr(said.fields[name])) - share) > TOLERANCE:
            fault = f"says {said.fields[name]} for {name}; its votes make {share:.6f}"
            yield Violation(verdict.task_id, fault)
            return
    if verdict.probability != min(said.fields.values()):
        yield Violation(verdict.task_id, "its probability is not that of its weakest field")


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    if not isinstance(policy.asks, RecordQuestion) or not isinstance(verdict.detail, RecordDetail):
        return
    for field in policy.asks.fields:
        goal, share = field.confidence or policy.goal, verdict.detail.fields.get(field.name, 0.0)
        if share < goal:
            fault = f"confident, and its field {field.name} has {share}, below {goal}"
            yield Violation(verdict.task_id, fault)


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell the rules of its fields."""


RECOUNT = Recount[RecordQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on records."""
