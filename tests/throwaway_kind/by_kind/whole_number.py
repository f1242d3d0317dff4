"""How a verdict on a whole number is explained: each vote has its weight in the shares."""

from collections.abc import Sequence

from sentuh.explain.terms import Explaining, Made, given_by_others, only_sure
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.questions.whole_number import WholeNumberQuestion

DIGITS = 6


def _made(verdict: VerdictReached, _: WholeNumberQuestion, votes: Sequence[Vote]) -> Made | None:
    whole = sum(vote.weight or 0.0 for vote in votes)
    if not whole:
        return None
    shares: dict[int, float] = {}
    for vote in votes:
        if isinstance(vote.answer, int):
            shares[vote.answer] = shares.get(vote.answer, 0.0) + (vote.weight or 0.0) / whole
    best = max(sorted(shares), key=lambda number: shares[number])
    probability, stays = (
        round(shares.get(one, 0.0) if isinstance(one, int) else 0.0, DIGITS)
        for one in (best, verdict.answer)
    )
    return Made(best, probability, stays, only_sure(probability))


EXPLAINING = Explaining[WholeNumberQuestion](
    _made, given_by_others, "Each number has the share of the weights of those who said it."
)
