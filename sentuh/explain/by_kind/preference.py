"""How a verdict on a preference is explained: each ranking speaks for what it puts first."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.recount.preference import Several, leaders, shares_of_best, shares_of_none
from sentuh.explain.terms import Explaining, Made, only_sure
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.preference import (
    NONE_OF_THEM,
    PreferenceDetail,
    PreferenceQuestion,
    answer_of,
    places_of,
)

DIGITS = 6
OTHERS_MAX = 3


def _made(
    verdict: VerdictReached, question: PreferenceQuestion, votes: Sequence[Vote]
) -> Made | None:
    if not votes:
        return None
    with localcontext() as context:
        context.prec = 50
        none = shares_of_none(votes, question)
        everybody = frozenset(question.candidates)
        first = {
            one: (1 - none) * chance
            for one, chance in shares_of_best(votes, question, everybody).items()
        }
        if question.none:
            first[frozenset()] = none
        places = _places(votes, question, first, own=_first_of(verdict.answer))
    probability, stays = (
        round(float(first.get(one, Decimal(0))), DIGITS)
        for one in (places[0] if places else frozenset(), _first_of(verdict.answer))
    )
    order = [[one for one in question.candidates if one in place] for place in places]
    answer = answer_of(order) if places else NONE_OF_THEM
    return Made(answer, probability, stays, only_sure(probability))


def _places(
    votes: Sequence[Vote],
    question: PreferenceQuestion,
    first: Mapping[Several, Decimal],
    *,
    own: Several,
) -> list[Several]:
    """Return the places in order, each as its candidates; no place where none will do.

    Of candidates that differ by a rounding alone the verdict's `own` first stays first.
    """
    places: list[Several] = []
    left, shares = frozenset(question.candidates), first
    while left:
        near = leaders(shares, votes, left)
        place = own if own in near and not places else near[0]
        if not place:
            return []
        places.append(place)
        left -= place
        shares = shares_of_best(votes, question, left) if left else {}
    return places


def _first_of(answer: Answer) -> Several:
    places = places_of(answer) or {}
    return frozenset(one for one, at in places.items() if at == 0)


def _others(
    verdict: VerdictReached, question: PreferenceQuestion, _: Sequence[Vote]
) -> Sequence[Answer]:
    """Return rankings with another candidate first, the most probable one first, and "none"."""
    detail, first = verdict.detail, _first_of(verdict.answer)
    best = detail.best if isinstance(detail, PreferenceDetail) else {}
    ids = sorted(question.candidates, key=lambda one: -best.get(one, 0.0))
    rankings: list[Answer] = [
        answer_of([[one], *([other] for other in ids if other != one)])
        for one in ids
        if {one} != first
    ]
    instead = [NONE_OF_THEM] if question.none and first else []
    return [*rankings[:OTHERS_MAX], *instead]


def _same(verdict: VerdictReached, _: PreferenceQuestion, answer: Answer) -> bool:
    return _first_of(verdict.answer) == _first_of(answer)


def _differs(_: VerdictReached, question: PreferenceQuestion, answer: Answer) -> str:
    first = _first_of(answer)
    if not first:
        return "none of them"
    return f"{' = '.join(one for one in question.candidates if one in first)} first"


EXPLAINING = Explaining[PreferenceQuestion](
    _made,
    _others,
    "Each ranking speaks, pair by pair, for what it puts before the other.",
    believed=lambda weight: f"right in {share(weight)} of pairs",
    same=_same,
    differs=_differs,
    recounts_max=500,
)
"""How verdicts on a preference are explained."""
