"""Computes the probability of each option from the counted answers, picks, and decides to ask on.

Options are independent: for each the evidence of those who picked it stands against that of those
who did not, damped as for a choice, since people err on the same tasks. Both are equally probable
before the first answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, fsum

from services.qa.agreement.choices.weighing import evidence
from services.qa.agreement.evidence import DAMPING, DIGITS
from services.qa.agreement.terms import AnswersWanted, Ballot, Draft, Stop, ask_on
from shared.contracts.question import text_of
from shared.contracts.questions.choices import ChoicesQuestion, Labels


@dataclass(frozen=True, slots=True)
class Picked:
    """The result of the counted answers (ballots) to a question with several right options.

    distribution: for each option the probability that it is right, rounded to 6 digits; these do
    not add up to 1. answer: the right ones in the options' order, None without a valid ballot.
    probability: of the least sure option, that the answer is right about it. sums: the evidence for
    each option, less that against it. said: each valid ballot's evidence and options, by assignment
    id. detail: None, the distribution says all.
    Example: two of two pick `a`, one of them `b`: `a` is right, `b` has the probability 0.5.
    """

    answer: Labels | None
    probability: float
    distribution: Mapping[str, float]
    sums: Mapping[str, float]
    said: Mapping[str, tuple[float, frozenset[str]]]
    detail: None = field(default=None)


def tally(
    ballots: Sequence[Ballot[Labels]],
    question: ChoicesQuestion,
    weights: Mapping[str, float],
    _: Draft[Labels] | None = None,
) -> Picked:
    """Return the probability of each option, and the options that are right.

    `weights` is by assignment id; a ballot that is no answer or has no weight is left out. Between
    `picks_min` and `picks_max` options are picked, those above one half or the most probable. Of
    equally probable ones those come first that the ballot with the lowest assignment id has, then
    the first listed. The order of ballots makes no difference, not even in the last bit.
    """
    valid = [
        ballot
        for ballot in ballots
        if ballot.assignment_id in weights and question.problem_with(ballot.answer) is None
    ]
    said = {
        ballot.assignment_id: (
            evidence(weights[ballot.assignment_id]),
            frozenset(map(text_of, ballot.answer)),
        )
        for ballot in valid
    }
    sums = {option: evidence_for(option, said.values()) for option in question.options}
    shares = {option: round(probability(total, DAMPING), DIGITS) for option, total in sums.items()}
    if not valid:
        return Picked(None, 0.0, shares, sums, said)
    first = said[min(said)][1]
    picked = _picked(shares, question, first)
    sides = [share if option in picked else 1 - share for option, share in shares.items()]
    answer: Labels = [option for option in question.options if option in picked]
    return Picked(answer, round(min(sides), DIGITS), shares, sums, said)


def stop(picked: Picked, answered: int, wanted: AnswersWanted, typical: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when the answer is as probable as `wanted.goal` in each option, when `wanted.max` answers
    are there, or when the answers left, all against it and from workers of the mean reliability
    `typical`, could turn no option. Where fewer or more options are picked than are probable, the
    least probable picked one must not be passed by another either.
    Example: three of three pick the same of two options: Confident at 0.95.
    """
    answer = picked.answer
    reached = answer is not None and picked.probability >= wanted.goal

    def settled(unspent: int) -> bool:
        return answer is not None and _lead(picked, answer) > unspent * evidence(typical)

    return ask_on(answered, wanted, reached=reached, settled=settled)


def _lead(picked: Picked, answer: Labels) -> float:
    """Return how much evidence it takes to turn an option, or to have another one picked.

    An answer for one option and not for another moves them apart by twice its evidence.
    """
    right = frozenset(map(text_of, answer))
    within = [total for option, total in picked.sums.items() if option in right]
    without = [total for option, total in picked.sums.items() if option not in right]
    leads = [*map(abs, within), *map(abs, without)]
    if within and without and (min(within) < 0 or max(without) > 0):
        leads.append((min(within) - max(without)) / 2)
    return min(leads, default=0.0)


def evidence_for(option: str, answers: Iterable[tuple[float, frozenset[str]]]) -> float:
    """Return the evidence of those who picked an option, less that of those who did not."""
    return fsum(worth if option in options else -worth for worth, options in answers)


def probability(total: float, factor: float) -> float:
    """Return the probability of an option from its sum of evidence, multiplied by `factor`."""
    if total < 0:
        return 1 - probability(-total, factor)
    return 1 / (1 + exp(-factor * total))


def _picked(
    shares: Mapping[str, float], question: ChoicesQuestion, first: frozenset[str]
) -> frozenset[str]:
    """Return the most probable set of as many options as may be picked."""
    ranked = sorted(question.options, key=lambda option: (-shares[option], option not in first))
    sure = sum(
        share > 0.5 or (share == 0.5 and option in first) for option, share in shares.items()
    )
    return frozenset(ranked[: min(question.picks_max, max(question.picks_min, sure))])
