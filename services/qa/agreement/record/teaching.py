"""Computes what a verdict shows about its workers: the share of fields on which others agree."""

from collections.abc import Sequence
from math import fsum

from services.qa.agreement.evidence import BALLOTS_MIN
from services.qa.agreement.record.evidence import key_of, probabilities
from services.qa.agreement.record.tallying import Filled, RecordTally
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons, by_worker
from shared.contracts.question import Answer
from shared.contracts.questions.record import RecordQuestion

UNDAMPED = 1.0


def lessons(tally: RecordTally, _: Sequence[Ballot[Answer]]) -> Lessons:
    """Return for each worker the numbers to add to their counters.

    Each record is compared with the others' records alone: how probable these make its value of
    each field, by how probable they make the best one. A few others leave doubt, which would make a
    good worker look bad; the division takes it out (Spearman's correction for attenuation, 1904).
    Fewer than two records give no lessons.
    Example: of four fields three are as all others have them: 750 thousandths or a little more.
    """
    if len(tally.counted) < BALLOTS_MIN:
        return {}
    return by_worker(
        (record.worker_id, {ANSWERS: 1, AGREED_MILLI: round(1000 * _agreement(record, tally))})
        for record in tally.counted
    )


def same(answer: Answer, other: Answer, question: RecordQuestion) -> bool:
    """Return whether two records have the same value in each field.

    Example: where the case of a text does not matter, `Acme` and `ACME` are the same.
    """
    if not isinstance(answer, dict) or not isinstance(other, dict):
        return False
    return all(
        key_of(field, answer.get(field.name)) == key_of(field, other.get(field.name))
        for field in question.fields
    )


def _agreement(record: Filled, tally: RecordTally) -> float:
    others = [other for other in tally.counted if other is not record]
    shares, attainable = [], []
    for field in tally.question.fields:
        value = record.values.get(field.name)
        given = [(other.values.get(field.name), other.weight) for other in others]
        likely = probabilities(field, given, UNDAMPED, also=[value])
        shares.append(likely[key_of(field, value)])
        attainable.append(max(likely.values()))
    return min(1.0, fsum(shares) / fsum(attainable))
