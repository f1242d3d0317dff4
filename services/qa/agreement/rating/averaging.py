"""Computes the weighted mean of ratings and its 90 % interval, and decides whether to ask on.

The interval is that of a normal mean with a prior on the variance (Gelman et al., Bayesian Data
Analysis, 3.3): a few equal answers do not make it narrow. The prior variance follows from the mean
by the SOS hypothesis (Hossfeld, Schatz and Egger, "SOS: the MOS is not enough!", QoMEX 2011):
people differ by `SPREAD` (mean - low) (high - mean), least at the scale's ends. For that the mean
is taken with half an answer more at each end, as Agresti and Coull do (1998).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import erf, fsum, sqrt

from services.qa.agreement.rating.weighing import TYPICAL_WEIGHT
from services.qa.agreement.terms import AnswersWanted, Ballot, Draft, Stop, ask_on
from shared.contracts.question import text_of
from shared.contracts.questions.rating import DIGITS, RatingDetail, RatingQuestion

PRIOR_ANSWERS = 5  # how many answers the prior variance is worth
SPREAD = 0.25  # "a" of the SOS hypothesis; 0.1 to 0.3 in the studies it was read from
AT_THE_ENDS = 2  # answers that the mean is drawn to the middle by, for the prior variance alone
Z_90 = 1.6449
# A normal interval is about the mean of endlessly many people. On public crowds of ten the mean of
# all ten lay in it nearly always; of three quarters of it that holds in nine of ten cases.
CALIBRATION = 0.77
CLOSE = 0.05
"""A mean is right if it is within this share of the scale's length."""


@dataclass(frozen=True, slots=True)
class Average:
    """The result of the counted answers (ballots) to a question on a scale.

    answer: the weighted mean, rounded to 4 decimal places, None without a valid ballot; it need not
    be a point of the scale. detail: the 90 % interval. probability: how likely the mean of everyone
    is within a twentieth of the scale of it. distribution: each answer's share of the weights.
    places: each valid ballot's weight and rating, by assignment id.
    Example: equal weights for 3, 4 and 4 of 1 to 5 give 3.6667.
    """

    answer: float | None
    probability: float = 0.0
    distribution: Mapping[str, float] = field(default_factory=dict)
    detail: RatingDetail | None = None
    scale: tuple[float, float] = (0.0, 1.0)
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def tally(
    ballots: Sequence[Ballot[float]],
    question: RatingQuestion,
    weights: Mapping[str, float],
    _: Draft[float] | None = None,
) -> Average:
    """Return the weighted mean of the ratings, with its interval.

    `weights` is by assignment id; a ballot that is no rating or has no weight is left out. The
    order of ballots makes no difference, not even in the last bit.
    Example: no ballot at all gives no answer and the probability 0.
    """
    places = {
        ballot.assignment_id: (weights[ballot.assignment_id], float(ballot.answer))
        for ballot in ballots
        if ballot.assignment_id in weights and question.problem_with(ballot.answer) is None
    }
    scale = (float(question.low), float(question.high))
    if not places:
        return Average(None, scale=scale)
    mean, deviation = _mean_and_deviation(list(places.values()), scale)
    low, high = scale
    margin = Z_90 * CALIBRATION * deviation
    detail = RatingDetail(
        low=round(max(low, mean - margin), DIGITS),
        high=round(min(high, mean + margin), DIGITS),
        margin=round(margin, DIGITS),
    )
    close = erf(CLOSE * (high - low) / (deviation * sqrt(2)))
    return Average(
        _number(round(mean, DIGITS)), round(close, DIGITS), _shares(places), detail, scale, places
    )


def stop(average: Average, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when half of the 90 % interval is at most `wanted.goal`, in points of the scale, or when
    `wanted.max` answers are there: until then one more answer can always move the mean.
    Example: a margin of 0.4 where the goal is 0.5: Confident.
    """
    reached = average.detail is not None and average.detail.margin <= wanted.goal
    return ask_on(answered, wanted, reached=reached)


def _mean_and_deviation(
    places: Sequence[tuple[float, float]], scale: tuple[float, float]
) -> tuple[float, float]:
    """Return the weighted mean, and the standard deviation by which it may be off.

    The unit of weights is an answer of a typical worker.
    """
    low, high = scale
    worth = fsum(weight for weight, _ in places)
    mean = fsum(weight * rating for weight, rating in places) / worth
    answers = worth / TYPICAL_WEIGHT
    squares = fsum(weight * (rating - mean) ** 2 for weight, rating in places) / TYPICAL_WEIGHT
    drawn = (answers * mean + AT_THE_ENDS * (low + high) / 2) / (answers + AT_THE_ENDS)
    prior = SPREAD * (drawn - low) * (high - drawn)
    variance = (PRIOR_ANSWERS * prior + squares) / (PRIOR_ANSWERS + len(places) - 1)
    return mean, sqrt(variance / answers)


def _shares(places: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    by_answer: dict[float, list[float]] = {}
    for weight, rating in places.values():
        by_answer.setdefault(rating, []).append(weight)
    whole = fsum(weight for weight, _ in places.values())
    return {
        text_of(_number(rating)): round(fsum(by_answer[rating]) / whole, DIGITS)
        for rating in sorted(by_answer)
    }


def _number(value: float) -> float:
    """Return 4 for 4.0: an answer has one way to be written."""
    return int(value) if value.is_integer() else value
