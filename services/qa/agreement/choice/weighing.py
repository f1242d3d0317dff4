"""Computes how much one answer counts, from how often its worker is right."""

from collections.abc import Sequence
from math import exp, log

from services.qa.agreement.choice.by_option import agreed_on, likely, times_said
from services.qa.agreement.choice.learned import MIX
from services.qa.agreement.evidence import WEIGHT_DIGITS, WEIGHT_MAX, WEIGHT_MIN, clamped
from services.qa.agreement.reliability import Population, Reliability, estimate

OPTION_STRENGTH = 4  # how many answers the worker's overall estimate is worth for one option


def weigh(
    answer: str,
    options: Sequence[str],
    worker: Reliability,
    population: Population,
    mix: float = MIX,
) -> float:
    """Return the reliability to count this answer with: how sure it alone would make us of it.

    The geometric mean of two likelihood ratios: that of a worker who errs the same way on every
    option, and that of this worker on this option (how often they say it where it is right,
    against where it is not). The first is robust with few answers, the second sees who always
    says the same; half of each stands in for a class prior, which nobody has without gold tasks.
    `mix` is the second's share, which golds may move.
    Below 1/K the answer speaks against its option. Rounded, so that what a verdict records is
    what was counted.
    """
    rivals = len(options) - 1
    if rivals < 1:
        return WEIGHT_MAX
    right = clamped(estimate(worker, population), len(options))
    wrong = (1 - right) / rivals
    by_option = _option_evidence(answer, worker, right, wrong)
    ratio = exp((1 - mix) * log(right / wrong) + mix * by_option)
    return round(min(WEIGHT_MAX, max(WEIGHT_MIN, ratio / (ratio + rivals))), WEIGHT_DIGITS)


def _option_evidence(answer: str, worker: Reliability, right: float, wrong: float) -> float:
    """Return the log of how much likelier the worker says this where it is right than elsewhere."""
    hits = agreed_on(worker, answer) + OPTION_STRENGTH * right
    alarms = times_said(worker, answer) - agreed_on(worker, answer) + OPTION_STRENGTH * wrong
    where_right = likely(worker, answer) + OPTION_STRENGTH
    where_wrong = worker.answers - likely(worker, answer) + OPTION_STRENGTH
    return log(hits * where_wrong / (alarms * where_right))
