"""Turns a task type's counters into what its verdicts use, and verdicts into what is added to them.

All counters are sums of integers: verdicts may be folded in any order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.qa.agreement.calibration import curve_of
from services.qa.agreement.choice.by_option import LIKELY_MILLI
from services.qa.agreement.choice.learned import LearnedAgreement
from services.qa.agreement.choice.prior import class_prior
from services.qa.agreement.choice.rules import RULES, Rule, chosen
from services.qa.agreement.choice.splits import ambiguous_share, split_lesson
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.choice.worth import spread_of, weight_lesson
from services.qa.agreement.reliability import ANSWERS
from services.qa.agreement.terms import Lessons


def learned_of(
    counters: Mapping[str, int],
    options: Sequence[str],
    *,
    price: float = 0.0,
    among: Iterable[Rule] = RULES,
) -> LearnedAgreement:
    """Return what a task type's counters make of its next verdict.

    Nothing counted and no price give what is used without golds.
    Example: golds on which people repeat each other's errors lower the damping.
    """
    rule = chosen(counters, among)
    return LearnedAgreement(
        damping=rule.damping,
        mix=rule.mix,
        prior=class_prior(counters, options) if rule.prior else None,
        curve=curve_of(counters),
        spread=spread_of(counters),
        price=price,
        ambiguous=ambiguous_share(counters),
    )


def type_lesson(tally: Tally, taught: Lessons, learned: LearnedAgreement) -> dict[str, int]:
    """Return what a verdict adds to its type's counters, beside the sums of all workers.

    `taught` is what it taught its workers, `learned` what it was reached with. It adds how probable
    each option was, what the answers weighed, and between which options people were split.
    """
    sums: Counter[str] = Counter()
    for lesson in taught.values():
        named = (name for name in lesson if name == ANSWERS or name.startswith(LIKELY_MILLI))
        sums.update({name: lesson[name] for name in named})
    return dict(
        sums + Counter(weight_lesson(tally)) + Counter(split_lesson(tally, learned.ambiguous))
    )
