"""Computes from the counted rankings how probable it is that each candidate is the best."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, fsum, log

from services.qa.agreement.evidence import DAMPING, DIGITS, evidence
from services.qa.agreement.preference.best import Against, members
from services.qa.agreement.preference.pairs import Ranked, ranked, sums_of
from services.qa.agreement.preference.weighing import evidence_of_some, outcomes
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.question import Answer
from shared.contracts.questions.preference import (
    NONE_OF_THEM,
    PreferenceDetail,
    PreferenceQuestion,
    answer_of,
    places_of,
)

NOBODY = 0
"""The set of candidates that is best where none of them will do."""


@dataclass(frozen=True, slots=True)
class PreferenceTally:
    """The result of the counted answers (ballots) that rank candidates.

    answer: the most probable ranking, place by place, or `none`; None without a ballot. Of equally
    probable ones it is that on the ballot with the lowest assignment id, then the first listed.
    probability: how probable it is that the first place is as in the answer. second: that of the
    most probable other one. detail: how probable each candidate is the best. All of them are
    rounded to 6 digits. evidence: each ballot's own log likelihood ratio, by assignment id.
    for_none: where `none` may be said, the ratio for that, negative of a ballot that ranks.
    Example: two ballots put c2 before c1, none the reverse: `answer` begins with c2.
    """

    question: PreferenceQuestion
    answer: Answer
    probability: float
    second: float
    detail: PreferenceDetail
    evidence: Mapping[str, float]
    for_none: Mapping[str, float]
    distribution: Mapping[str, float] = field(default_factory=dict)


def tally(
    ballots: Sequence[Ballot[Answer]],
    question: PreferenceQuestion,
    weights: Mapping[str, float],
    _: Draft[Answer] | None = None,
) -> PreferenceTally:
    """Return how probable it is that each candidate is the best, and the ranking that follows.

    Two questions are decided apart: whether any candidate will do, and in which order they are.
    `weights` is the reliability with which each ballot counts, by assignment id; one without is
    left out. Answers fit the question, in their canonical form. Evidence is damped as that of a
    choice is. The order of ballots makes no difference, not even in the last bit.
    Example: without a ballot all candidates are equally probable.
    """
    valid = sorted(
        (b for b in ballots if b.assignment_id in weights), key=lambda b: b.assignment_id
    )
    said = outcomes(question)
    worth = {b.assignment_id: evidence(weights[b.assignment_id], said) for b in valid}
    rankings = list(ranked(valid, question))
    sums = sums_of(rankings, worth, question)
    against = Against(sums, len(question.candidates), damping=DAMPING)
    for_none = {b.assignment_id: _for_none(b.answer, weights[b.assignment_id], said) for b in valid}
    none = none_from(fsum(for_none.values()), said, factor=DAMPING) if question.none else 0.0
    shares = against.best_of(against.everybody)
    best = {one: (1 - none) * share for one, share in shares.items()}
    if question.none:
        best[NOBODY] = none
    first = _leader(best, (_best_on(ballot.answer, question) for ballot in valid))
    answer = _in_order(against, first, rankings, question) if first else NONE_OF_THEM
    return PreferenceTally(
        question=question,
        answer=answer if valid else None,
        probability=round(best.pop(first), DIGITS),
        second=round(max(best.values()), DIGITS),
        detail=_detail(question, {**shares, NOBODY: none}, none),
        evidence=worth,
        for_none=for_none if question.none else {},
    )


def none_from(lead: float, states: int, *, factor: float) -> float:
    """Return the probability that no candidate will do, from the evidence of it less that against.

    `lead` is multiplied by `factor`. Before any answer it is one of `states` things to be said.
    """
    against = log(states - 1) - factor * lead
    return 1 / (1 + exp(against)) if against < 0 else exp(-against) / (1 + exp(-against))


def _for_none(answer: Answer, weight: float, states: int) -> float:
    """Return the evidence of one answer that none will do; every ranking, whichever, is against."""
    if states == 2:
        return 0.0
    return evidence(weight, states) if answer == NONE_OF_THEM else -evidence_of_some(weight, states)


def _in_order(
    against: Against, first: int, rankings: Sequence[Ranked], question: PreferenceQuestion
) -> Answer:
    """Return the ranking with `first` in its first place, then the best of those left, and so on.

    Each place is the most probable best of those who are left.
    """
    places, left = [first], against.everybody ^ first
    while left:
        shares = against.best_of(left)
        place = _leader(shares, (_best_in(left, ranking.places) for ranking in rankings))
        places.append(place)
        left ^= place
    return answer_of([question.candidates[one] for one in members(place)] for place in places)


def _leader(shares: Mapping[int, float], on_ballots: Iterator[int]) -> int:
    """Return the most probable set; of equals the first on a ballot, then the first of `shares`.

    Those are equal that are so in 6 digits.
    """
    most = max(shares.values())
    top, near = round(most, DIGITS), most - 2 * 10**-DIGITS
    # Few are near enough to be rounded.
    tied = [one for one, p in shares.items() if p > near and round(p, DIGITS) == top]
    if len(tied) == 1:
        return tied[0]
    return next((one for one in on_ballots if one in tied), tied[0])


def _best_on(answer: Answer, question: PreferenceQuestion) -> int:
    places = places_of(answer)
    if places is None:
        return NOBODY
    at = tuple(places[candidate] for candidate in question.candidates)
    return _best_in((1 << len(at)) - 1, at)


def _best_in(left: int, places: Sequence[int]) -> int:
    top = min(places[one] for one in members(left))
    return sum(1 << one for one in members(left) if places[one] == top)


def _detail(
    question: PreferenceQuestion, shares: Mapping[int, float], none: float
) -> PreferenceDetail:
    some = 1 - none
    several = [share for one, share in shares.items() if one & (one - 1) and one != NOBODY]
    return PreferenceDetail(
        best={
            candidate: round(some * shares[1 << at], DIGITS)
            for at, candidate in enumerate(question.candidates)
        },
        tie=round(some * fsum(several), DIGITS) if question.ties else None,
        none=round(none, DIGITS) if question.none else None,
    )
