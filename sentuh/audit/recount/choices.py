"""Verdicts on choices recomputed from their recorded votes and weights, independently of qa.

The definition it follows: for each option alone, a vote of weight w multiplies the odds that it is
right by w / (1 - w) if the vote picks it, and divides them by that if it does not; the product,
raised to the power DAMPING, is what even odds become. Weights are kept between WEIGHT_MIN and
WEIGHT_MAX.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.recount.terms import Recount, weighed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, text_of
from shared.contracts.questions.choices import ChoicesQuestion

DAMPING = Decimal("0.7")
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.5"), Decimal("0.97")
TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""


def chances(votes: Sequence[Vote], options: Sequence[str]) -> dict[str, Decimal]:
    """Return for each option the probability that it is right; all votes have a weight."""
    with localcontext() as context:
        context.prec = 50
        odds = dict.fromkeys(options, Decimal(1))
        for vote in votes:
            weight = min(WEIGHT_MAX, max(WEIGHT_MIN, Decimal(repr(vote.weight))))
            for option in options:
                odds[option] *= weight / (1 - weight) if _has(vote.answer, option) else 1
                odds[option] /= 1 if _has(vote.answer, option) else weight / (1 - weight)
        damped = {option: product**DAMPING for option, product in odds.items()}
        return {option: product / (1 + product) for option, product in damped.items()}


def picks(
    votes: Sequence[Vote], distribution: Mapping[str, float], question: ChoicesQuestion
) -> list[str]:
    """Return the options above one half, more or fewer where that many may not be picked.

    Of equal ones those come first that the vote with the lowest assignment id has.
    """
    first = min(votes, key=lambda vote: vote.assignment_id)
    order = [option for option in question.options if _has(first.answer, option)]
    order += [option for option in question.options if option not in order]
    order.sort(key=lambda option: -distribution[option])
    right = [
        option
        for option in order
        if distribution[option] > 0.5
        or (distribution[option] == 0.5 and _has(first.answer, option))
    ]
    while len(right) < question.picks_min:
        right.append(order[len(right)])
    return sorted(right[: question.picks_max], key=question.options.index)


def _has(answer: Answer, option: str) -> bool:
    return isinstance(answer, list) and option in answer


def _wrong(verdict: VerdictReached, question: ChoicesQuestion) -> Iterator[Violation]:
    valid, faults = weighed(verdict, question)
    yield from faults
    if not valid:
        return
    if set(verdict.distribution) != set(question.options):
        yield Violation(verdict.task_id, "its distribution is not over the task's options")
        return
    yield from _differences(verdict, question, valid)


def _differences(
    verdict: VerdictReached, question: ChoicesQuestion, votes: Sequence[Vote]
) -> Iterator[Violation]:
    for option, chance in chances(votes, question.options).items():
        stated = Decimal(repr(verdict.distribution[option]))
        if abs(stated - chance) > TOLERANCE:
            yield Violation(
                verdict.task_id, f"says {stated} for {option}; its votes make {chance:.6f}"
            )
            return
    expected = picks(votes, verdict.distribution, question)
    if verdict.answer != expected:
        yield Violation(
            verdict.task_id,
            f"answer {text_of(verdict.answer)}; its votes make {text_of([*expected])}",
        )
        return
    sides = [p if option in expected else 1 - p for option, p in verdict.distribution.items()]
    if abs(verdict.probability - min(sides)) > float(TOLERANCE):
        yield Violation(verdict.task_id, "its probability is not that of its least sure option")


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    if verdict.probability < policy.goal:
        yield Violation(verdict.task_id, f"confident at {verdict.probability}, below {policy.goal}")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell how many options may be picked."""


RECOUNT = Recount[ChoicesQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on choices."""
