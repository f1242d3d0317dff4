"""Combines records field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from services.qa.agreement.record.evidence import Value, agreed_value
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.question import Answer
from shared.contracts.questions.record import RecordDetail, RecordQuestion


@dataclass(frozen=True, slots=True)
class Filled:
    """One person's record, and the weight that it counts with."""

    assignment_id: str
    worker_id: str
    values: Mapping[str, Answer]
    weight: float


@dataclass(frozen=True, slots=True)
class RecordTally:
    """The record that the counted answers (ballots) to a question lead to.

    fields: by name, the most probable value and its probability, in the question's order; the value
    is None where the field is left out. counted: the people's records that led there.
    """

    fields: Mapping[str, Value]
    counted: Sequence[Filled]
    question: RecordQuestion

    @property
    def answer(self) -> Answer:
        """The record, without the fields that are left out; None without a valid ballot."""
        if not self.counted:
            return None
        values = {name: field.value for name, field in self.fields.items()}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def probability(self) -> float:
        """The lowest probability of a field."""
        return min((field.probability for field in self.fields.values()), default=0.0)

    @property
    def distribution(self) -> Mapping[str, float]:
        """Nothing: it is each field that has a probability."""
        return {}

    @property
    def detail(self) -> RecordDetail | None:
        """The probability of each field; None without a valid ballot."""
        if not self.counted:
            return None
        return RecordDetail(fields={name: f.probability for name, f in self.fields.items()})


def tally(
    ballots: Sequence[Ballot[Answer]],
    question: RecordQuestion,
    weights: Mapping[str, float],
    draft: Draft[Answer] | None = None,
) -> RecordTally:
    """Return the record that these answers lead to; `weights` are by assignment id.

    A ballot without a weight is left out. A draft counts as one more answer beside them, and alone
    makes none. The order of ballots makes no difference.
    Example: no ballot at all leads to no answer, with probability 0.
    """
    counted = [
        Filled(one.assignment_id, one.worker_id, one.answer, weights[one.assignment_id])
        for one in sorted(ballots, key=attrgetter("assignment_id"))
        if one.assignment_id in weights and isinstance(one.answer, dict)
    ]
    if not counted:
        return RecordTally({}, (), question)
    voters = [(record.values, record.weight) for record in counted]
    if draft is not None and isinstance(draft.answer, dict):
        # After the people, so that of equal values stands the one that a person gave.
        voters.append((draft.answer, draft.weight))
    fields = {
        field.name: agreed_value(field, [(values.get(field.name), w) for values, w in voters])
        for field in question.fields
    }
    return RecordTally(fields, counted, question)
