"""Verdicts on a preference recomputed from their votes and weights, independently of qa.

The definition it follows. Of two candidates K things can be said: 2, one more where ties are
allowed, one more where "none of them" is. A set of candidates is best if those in it are equal and
each is better than each of the others; it is one candidate where ties are not allowed. A vote of
weight w divides a set's odds by (w (K - 1) / (1 - w)) to the power DAMPING for each pair of which
it says something else. Before any vote a set's odds are the number of orders of the others. What is
best of all, and then of those who are left, is the verdict.

Apart from that, "none" has a chance of 1 in K before any vote: a vote for it multiplies its odds by
w (K - 1) / (1 - w), a ranking divides them by (K - 2 + w) / ((K - 1) (1 - w)), each to the power
DAMPING.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import combinations
from math import factorial

from sentuh.audit.recount.terms import Recount, weighed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.questions.preference import PreferenceDetail, PreferenceQuestion

DAMPING = Decimal("0.7")
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.0001"), Decimal("0.9999")
TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""
ALIKE = Decimal("1e-12")
"""Shares closer than this are the same: what differs otherwise differs by more."""

Several = frozenset[str]


def shares_of_none(votes: Sequence[Vote], question: PreferenceQuestion) -> Decimal:
    """Return how probable it is that none of the candidates will do."""
    if not question.none:
        return Decimal(0)
    said = _outcomes(question)
    odds = Decimal(1)
    for vote in votes:
        weight = _weight(vote)
        if _places(vote) is None:
            odds *= weight * (said - 1) / (1 - weight)
        else:
            odds /= (said - 2 + weight) / ((said - 1) * (1 - weight))
    odds = odds**DAMPING / (said - 1)
    return odds / (1 + odds)


def shares_of_best(
    votes: Sequence[Vote], question: PreferenceQuestion, left: Several
) -> Mapping[Several, Decimal]:
    """Return how probable each set of the candidates in `left` is the best of them."""
    said = _outcomes(question)
    rankings = [(_places(vote), _weight(vote)) for vote in votes]
    ratios = [
        (places, (weight * (said - 1) / (1 - weight)) ** DAMPING)
        for places, weight in rankings
        if places is not None
    ]
    odds: dict[Several, Decimal] = {}
    for size in range(1, len(left) + 1 if question.ties else 2):
        for best in map(frozenset, combinations(sorted(left), size)):
            odds[best] = Decimal(factorial(len(left) - size))
            for places, ratio in ratios:
                odds[best] /= ratio ** _otherwise(places, best, left - best)
    whole = sum(odds.values(), Decimal(0))
    return {best: odd / whole for best, odd in odds.items()}


def _otherwise(places: Mapping[str, int], best: Several, others: Several) -> int:
    """Count the pairs of which a vote says something else than that this set is the best."""
    equal = sum(places[one] != places[two] for one, two in combinations(best, 2))
    return equal + sum(places[one] >= places[other] for one in best for other in others)


def _outcomes(question: PreferenceQuestion) -> int:
    return 2 + int(question.ties) + int(question.none)


def _weight(vote: Vote) -> Decimal:
    return min(WEIGHT_MAX, max(WEIGHT_MIN, Decimal(repr(vote.weight))))


def _places(vote: Vote) -> Mapping[str, int] | None:
    """Return the place of each candidate; None for a vote for none of them."""
    ranking = vote.answer.get("ranking") if isinstance(vote.answer, dict) else None
    if not isinstance(ranking, list):
        return None
    return {str(one): at for at, place in enumerate(ranking) if isinstance(place, list)
            for one in place}  # fmt: skip


def _wrong(verdict: VerdictReached, question: PreferenceQuestion) -> Iterator[Violation]:
    votes, faults = weighed(verdict, question)
    yield from faults
    if not votes:
        return
    with localcontext() as context:
        context.prec = 50
        none = shares_of_none(votes, question)
        everybody = frozenset(question.candidates)
        best = shares_of_best(votes, question, everybody)
        first = {one: (1 - none) * share for one, share in best.items()}
        if question.none:
            first[frozenset()] = none
        wrong = next(_differences(verdict, question, first), None)
        wrong = wrong or next(_out_of_order(verdict, question, votes=votes, first=first), None)
    if wrong is not None:
        yield wrong


def _differences(
    verdict: VerdictReached, question: PreferenceQuestion, first: Mapping[Several, Decimal]
) -> Iterator[Violation]:
    detail = verdict.detail
    if not isinstance(detail, PreferenceDetail) or set(detail.best) != set(question.candidates):
        yield Violation(verdict.task_id, "its detail is not over the task's candidates")
        return
    several = sum((p for one, p in first.items() if len(one) > 1), Decimal(0))
    pairs: list[tuple[str, float | None, Decimal]] = [
        (one, detail.best[one], first[frozenset({one})]) for one in question.candidates
    ]
    pairs.append(("a tie", detail.tie if question.ties else 0.0, several))
    pairs.append(
        ("none", detail.none if question.none else 0.0, first.get(frozenset(), Decimal(0)))
    )
    for name, says, share in pairs:
        if says is None or abs(Decimal(repr(says)) - share) > TOLERANCE:
            yield Violation(verdict.task_id, f"says {says} for {name}; its votes make {share:.6f}")
            return


def _out_of_order(
    verdict: VerdictReached,
    question: PreferenceQuestion,
    *,
    votes: Sequence[Vote],
    first: Mapping[Several, Decimal],
) -> Iterator[Violation]:
    """Yield the first place of the verdict's ranking that its votes do not lead to."""
    places = _places_said(verdict)
    if abs(Decimal(repr(verdict.probability)) - first.get(places[0], Decimal(-1))) > TOLERANCE:
        yield Violation(verdict.task_id, "its probability is not that of its first place")
        return
    left, shares = frozenset(question.candidates), first
    for at, place in enumerate(places, 1):
        if place not in leaders(shares, votes, left):
            yield Violation(verdict.task_id, f"its votes make another place {at}")
            return
        left -= place
        shares = shares_of_best(votes, question, left) if left else {}
    if places != [frozenset()] and left:
        yield Violation(verdict.task_id, "it does not rank every candidate")


def _places_said(verdict: VerdictReached) -> list[Several]:
    ranking = verdict.answer.get("ranking") if isinstance(verdict.answer, dict) else None
    if not isinstance(ranking, list) or not ranking:
        return [frozenset()]
    return [frozenset(map(str, place)) for place in ranking if isinstance(place, list)]


def leaders(
    shares: Mapping[Several, Decimal], votes: Sequence[Vote], left: Several
) -> Sequence[Several]:
    """Return what the votes may put first: the likeliest, and what differs by a rounding.

    Of those that are alike it is what the vote with the lowest assignment id puts first, or else
    the first listed; none of them comes last.
    """
    top = max(shares.values())
    near = [one for one, share in shares.items() if top - share <= TOLERANCE]
    if any(top - shares[one] > ALIKE for one in near):
        return near
    for vote in votes:
        places = _places(vote)
        if places is None:
            on_vote: Several = frozenset()
        else:
            highest = min(places[one] for one in left)
            on_vote = frozenset(one for one in left if places[one] == highest)
        if on_vote in near:
            return [on_vote]
    return near


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    if verdict.probability < policy.goal:
        yield Violation(verdict.task_id, f"confident at {verdict.probability}, below {policy.goal}")


def _question_without_task(verdict: VerdictReached) -> PreferenceQuestion | None:
    """Return the comparison that the detail is over; None where there is no such detail."""
    detail = verdict.detail
    if not isinstance(detail, PreferenceDetail):
        return None
    return PreferenceQuestion(
        candidates=tuple(detail.best), ties=detail.tie is not None, none=detail.none is not None
    )


RECOUNT = Recount[PreferenceQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on a preference."""
