"""Turns a task type's counters into what its verdicts use, and verdicts into what is added to them.

All counters are sums of integers: verdicts may be folded in any order.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.qa.agreement.calibration import curve_of
from services.qa.agreement.choice.golds import GOLDS
from services.qa.agreement.choice.learned import AMBIGUOUS_SHARE, NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.prior import class_prior
from services.qa.agreement.choice.rules import RULES, Rule, chosen
from services.qa.agreement.choice.splits import ambiguous_share, may_be_split, split_lesson
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.choice.worth import spread_of, weight_lesson


def learned_of(
    counters: Mapping[str, int],
    options: Sequence[str],
    *,
    price: float = 0.0,
    among: Iterable[Rule] = RULES,
) -> LearnedAgreement:
    """Return what a task type's counters make of its next verdict.

    No gold and no price give what is used where nothing was learned: what only golds teach is not
    looked for without any, and what only a price asks for is not without one.
    Example: golds on which people repeat each other's errors lower the damping.
    """
    golds, priced = counters.get(GOLDS, 0) > 0, price > 0
    if not golds and not priced:
        return NOTHING_LEARNED
    rule = chosen(counters, among) if golds else Rule()
    return LearnedAgreement(
        damping=rule.damping,
        mix=rule.mix,
        prior=class_prior(counters, options) if rule.prior else None,
        curve=curve_of(counters) if golds else (),
        spread=spread_of(counters) if priced else (),
        price=price,
        ambiguous=ambiguous_share(counters) if priced else AMBIGUOUS_SHARE,
    )


def type_lesson(tally: Tally, counters: Mapping[str, int]) -> dict[str, int]:
    """Return what a verdict adds to its type's counters, beside its workers' lessons.

    It adds what the answers weighed, and between which options people were split; `counters` are
    those it was reached with.
    """
    share = ambiguous_share(counters) if may_be_split(tally) else AMBIGUOUS_SHARE
    return weight_lesson(tally) | split_lesson(tally, share)
