"""How a verdict on a choice is explained: each vote moves the odds of the option that it names."""

from collections.abc import Sequence

from sentuh.audit.recount.choice import damping_of, expected_shares, is_tied, leader
from sentuh.audit.recount.choice.curve import on_curve
from sentuh.audit.recount.witness import witnessed
from sentuh.explain.terms import Explaining, Made, only_sure
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.choice import ChoiceQuestion

DIGITS = 6
OTHERS_MAX = 3


def _made(verdict: VerdictReached, question: ChoiceQuestion, votes: Sequence[Vote]) -> Made | None:
    cast = [vote.model_copy(update={"answer": question.canonical(vote.answer)}) for vote in votes]
    used = verdict.used
    exact = expected_shares(cast, question.options, used)
    distribution = {option: round(float(share), DIGITS) for option, share in exact.items()}
    answer = leader(cast, distribution)
    if not isinstance(answer, str):
        return None
    if not is_tied(distribution):  # where people are, the model says nothing
        exact = witnessed(exact, answer, verdict.witness, damping_of(used))
        distribution = {option: round(float(share), DIGITS) for option, share in exact.items()}
    stays = distribution.get(str(verdict.answer), 0.0)
    raw = distribution[answer]
    return Made(answer, raw, stays, only_sure(_stated(verdict, raw)))


def _stated(verdict: VerdictReached, raw: float) -> float:
    return raw if verdict.used is None else on_curve(raw, verdict.used)


def _others(
    verdict: VerdictReached, question: ChoiceQuestion, _: Sequence[Vote]
) -> Sequence[Answer]:
    """Return the most probable of the other options."""
    others = [option for option in question.options if option != verdict.answer]
    return sorted(others, key=lambda option: -verdict.distribution.get(option, 0.0))[:OTHERS_MAX]


EXPLAINING = Explaining[ChoiceQuestion](
    _made,
    _others,
    "Each vote raises the odds of its option by how reliable its worker is in it.",
    stated=_stated,
)
"""How verdicts on a choice are explained."""
