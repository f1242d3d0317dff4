"""Estimates how common each option is on a task type, from what its verdicts taught."""

from collections.abc import Mapping, Sequence

from services.qa.agreement.choice.by_option import likely_field
from services.qa.agreement.evidence import DIGITS
from services.qa.agreement.reliability import ANSWERS

PRIOR_STRENGTH = 150  # answers that all options being equally common is worth

PRIOR_MIN = 10**-DIGITS


def class_prior(counters: Mapping[str, int], options: Sequence[str]) -> dict[str, float]:
    """Return the probability of each option before any answer to a task.

    `counters` are those of all workers together on the task type, with their counters by option.
    Example: nothing counted makes all options equal.
    """
    of = counters.get(ANSWERS, 0) + PRIOR_STRENGTH
    each = PRIOR_STRENGTH / len(options) if options else 0.0
    return {
        # Never 0, however rare: the first answers for it must be able to make it probable.
        option: max(PRIOR_MIN, round((likely + each) / of, DIGITS))
        for option in options
        for likely in [counters.get(likely_field(option), 0) / 1000]
    }
