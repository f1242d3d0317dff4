"""Agreement on a whole number: the share of each number in the weights of those who said it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from services.qa.agreement.reliability import (
    AGREED_MILLI,
    ANSWERS,
    Population,
    Reliability,
    estimate,
)
from services.qa.agreement.terms import (
    Agreement,
    AnswersWanted,
    AskOneMore,
    Ballot,
    Budget,
    Confident,
    Draft,
    Lessons,
    Stop,
)
from shared.contracts.questions.whole_number import SpreadDetail, WholeNumberQuestion

DIGITS = 6


@dataclass(frozen=True, slots=True)
class NumberShares:
    """The share of each number; of equal shares the lowest number is the answer."""

    answer: int | None
    probability: float
    distribution: Mapping[str, float]
    detail: SpreadDetail | None


def weigh(_: int, __: WholeNumberQuestion, worker: Reliability, population: Population) -> float:
    """Return how often the worker is expected to be right."""
    return round(estimate(worker, population), DIGITS)


def tally(
    ballots: Sequence[Ballot[int]],
    _: WholeNumberQuestion,
    weights: Mapping[str, float],
    __: Draft[int] | None = None,
) -> NumberShares:
    """Return each number's share of all weights."""
    numbers = sorted({ballot.answer for ballot in ballots})
    whole = fsum(weights[ballot.assignment_id] for ballot in ballots)
    shares = {
        number: round(
            fsum(weights[one.assignment_id] for one in ballots if one.answer == number) / whole,
            DIGITS,
        )
        for number in numbers
    }
    best = max(numbers, key=lambda number: (shares[number], -number), default=None)
    top = 0.0 if best is None else shares[best]
    spread = SpreadDetail(lowest=numbers[0], highest=numbers[-1]) if numbers else None
    named = {str(number): share for number, share in shares.items()}
    return NumberShares(best, top, named, spread)


def stop(shares: NumberShares, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Stop once all numbers are as near to each other as was asked for, or no answer is left."""
    if answered < wanted.min:
        return AskOneMore(wanted.min)
    spread = shares.detail
    if spread is not None and (spread.highest - spread.lowest) / 2 <= wanted.goal:
        return Confident()
    return AskOneMore(answered + 1) if answered < wanted.max else Budget(0)


def lessons(_: NumberShares, ballots: Sequence[Ballot[int]]) -> Lessons:
    """Return, for each worker, what share of the others said the same."""
    if len(ballots) < 2:
        return {}
    return {
        ballot.worker_id: {
            ANSWERS: 1,
            AGREED_MILLI: round(1000 * _share_of_others(ballot, ballots)),
        }
        for ballot in ballots
    }


def _share_of_others(ballot: Ballot[int], ballots: Sequence[Ballot[int]]) -> float:
    others = [one for one in ballots if one is not ballot]
    return sum(one.answer == ballot.answer for one in others) / len(others)


AGREEMENT = Agreement[WholeNumberQuestion, int, NumberShares](weigh, tally, stop, lessons)
