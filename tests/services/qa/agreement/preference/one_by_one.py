"""A second tally, the slow way: Bayes' rule over every set that may be best, in exponents."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceQuestion, places_of

DAMPING = 0.7


def best_of_all(
    ballots: Sequence[Ballot[Answer]], question: PreferenceQuestion, weights: Mapping[str, float]
) -> dict[frozenset[str], float]:
    """Return how probable each set of candidates is the best; the empty set is none of them."""
    everybody = question.candidates
    sets = [
        frozenset(best)
        for size in range(1, len(everybody) + 1 if question.ties else 2)
        for best in combinations(everybody, size)
    ]
    joint = {best: float(factorial(len(everybody) - len(best))) for best in sets}
    for best in sets:
        truth = {one: int(one not in best) for one in everybody}
        for ballot in ballots:
            weight = weights[ballot.assignment_id]
            joint[best] *= _likelihood(truth, ballot.answer, weight, question) ** DAMPING
    whole, none = sum(joint.values()), _none(ballots, question, weights)
    return {frozenset(): none} | {best: (1 - none) * p / whole for best, p in joint.items()}


def _outcomes(question: PreferenceQuestion) -> int:
    return 2 + question.ties + question.none


def _likelihood(
    truth: Mapping[str, int], answer: Answer, weight: float, question: PreferenceQuestion
) -> float:
    """Return how likely the answer is, against an answer that says the same of all pairs."""
    places, product = places_of(answer), 1.0
    if places is None:
        return product
    for one, other in combinations(question.candidates, 2):
        if truth[one] == truth[other] == 1:
            continue  # nothing is supposed of those who are not the best
        true = (truth[one] > truth[other]) - (truth[one] < truth[other])
        if true != (places[one] > places[other]) - (places[one] < places[other]):
            product *= (1 - weight) / (_outcomes(question) - 1) / weight
    return product


def _none(
    ballots: Sequence[Ballot[Answer]], question: PreferenceQuestion, weights: Mapping[str, float]
) -> float:
    if not question.none:
        return 0.0
    others = _outcomes(question) - 1
    if_none, if_some = 1.0, 1.0
    for ballot in ballots:
        weight = weights[ballot.assignment_id]
        says_none = places_of(ballot.answer) is None
        if_none *= weight if says_none else 1 - weight
        if_some *= (1 - weight) / others if says_none else weight + (1 - weight) * (1 - 1 / others)
    odds: float = (if_none / if_some) ** DAMPING / others
    return odds / (1 + odds)
