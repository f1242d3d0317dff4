"""How a verdict on choices is explained: each vote speaks for or against every option."""

from collections.abc import Iterator, Sequence

from sentuh.audit.recount.choices import chances, picks
from sentuh.explain.terms import Explaining, Made
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.choices import ChoicesQuestion

DIGITS = 6
OTHERS_MAX = 3


def _made(verdict: VerdictReached, question: ChoicesQuestion, votes: Sequence[Vote]) -> Made | None:
    if not votes:
        return None
    exact = chances(votes, question.options)
    distribution = {option: round(float(chance), DIGITS) for option, chance in exact.items()}
    answer: Answer = [*picks(votes, distribution, question)]
    least = _least(distribution, answer)
    sure = f"{share(least)} sure of its least sure option"
    return Made(answer, least, _least(distribution, verdict.answer), sure)


def _least(distribution: dict[str, float], picked: Answer) -> float:
    """Return the probability of the side of an answer that is the least sure."""
    right = picked if isinstance(picked, list) else []
    return min(chance if one in right else 1 - chance for one, chance in distribution.items())


def _others(
    verdict: VerdictReached, question: ChoicesQuestion, _: Sequence[Vote]
) -> Sequence[Answer]:
    """Return answers that differ in one option, the least sure one first."""
    doubtful = sorted(
        question.options, key=lambda option: abs(verdict.distribution.get(option, 0.0) - 0.5)
    )
    fitting = (one for one in _with_one_other(verdict.answer, doubtful, question))
    return [one for one in fitting if question.problem_with(one) is None][:OTHERS_MAX]


def _with_one_other(
    picked: Answer, doubtful: Sequence[str], question: ChoicesQuestion
) -> Iterator[Answer]:
    right = picked if isinstance(picked, list) else []
    for option in doubtful:
        changed = [one for one in question.options if (one in right) != (one == option)]
        yield [*changed]


EXPLAINING = Explaining[ChoicesQuestion](
    _made, _others, "Each vote speaks for the options that it picks and against all others."
)
"""How verdicts on choices are explained."""
