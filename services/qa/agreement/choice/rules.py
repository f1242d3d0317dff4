"""Chooses by golds how a task type's answers are combined: damping, mix and class prior.

Each of the 42 rules scores at a gold's verdict by the probability that it gave the truth there, a
proper score (Good 1952). A score is a sum of integers, so golds may be folded in any order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import log
from typing import NamedTuple

from services.qa.agreement.choice.learned import MIX
from services.qa.agreement.choice.tallying import posterior, sums_by_option
from services.qa.agreement.evidence import DAMPING, evidence
from services.qa.agreement.terms import Ballot

DAMPINGS = (0.2, 0.3, 0.45, 0.6, DAMPING, 0.85, 1.0)
MIXES = (0.0, MIX, 1.0)
PROBABILITY_MIN = 0.0001  # so that one gold that everybody missed does not decide alone
PRIOR_COST_MILLI = 500


class Rule(NamedTuple):
    """One way of combining answers; without arguments the one that is used without golds."""

    damping: float = DAMPING
    mix: float = MIX
    prior: bool = False

    @property
    def field(self) -> str:
        """Name of the counter of this rule's score, in thousandths of a nat."""
        prior = "prior" if self.prior else "even"
        return f"rule:{round(100 * self.damping)}:{round(100 * self.mix)}:{prior}"

    @property
    def cost_milli(self) -> int:
        """Lead over `Rule()` that golds must give it to be chosen, in thousandths of a nat."""
        apart = 1000 * (abs(log(self.damping / DAMPING)) + abs(self.mix - MIX))
        return round(apart) + PRIOR_COST_MILLI * self.prior


RULES = tuple(Rule(*one) for one in product(DAMPINGS, MIXES, (False, True)))


def rule_lesson(
    ballots: Sequence[Ballot[str]],
    prior: Mapping[str, float],
    truth: str,
    weigh: Callable[[Ballot[str], float], float],
) -> dict[str, int]:
    """Return what a gold's verdict adds to the score of each rule: log of its P(truth), times 1000.

    `weigh(ballot, mix)` is the weight of a ballot (counted answer) under a mix, as before this
    gold. `prior` is the class prior over all options. A truth that is no option adds nothing.
    Example: a rule that gave the truth 0.5 gets -693.
    """
    options = list(prior)
    if truth not in options:
        return {}
    scores = dict(_scores(ballots, prior, truth, weigh))
    return {rule.field: score for rule, score in scores.items() if score}


def chosen(counters: Mapping[str, int], among: Iterable[Rule] = RULES) -> Rule:
    """Return the rule with the best score, less its cost; without any score that is `Rule()`."""
    rules = tuple(among)
    return _chosen(rules, tuple([counters.get(field, 0) for field in _fields_of(rules)]))


@lru_cache(maxsize=8)
def _fields_of(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(rule.field for rule in rules)


@lru_cache(maxsize=256)
def _chosen(rules: tuple[Rule, ...], scores: tuple[int, ...]) -> Rule:
    """Return the best of these rules; asked for with every verdict, it changes with golds alone."""
    scored = zip(scores, rules, strict=True)
    return max(scored, key=lambda one: (one[0] - one[1].cost_milli, one[1]))[1]


def _scores(
    ballots: Sequence[Ballot[str]],
    prior: Mapping[str, float],
    truth: str,
    weigh: Callable[[Ballot[str], float], float],
) -> Iterator[tuple[Rule, int]]:
    options = list(prior)
    for mix in MIXES:
        worth = {b.assignment_id: evidence(weigh(b, mix), len(options)) for b in ballots}
        sums = sums_by_option(ballots, options, worth)
        for damping, used in product(DAMPINGS, (False, True)):
            shares = posterior(sums, damping, prior if used else None)
            score = round(1000 * log(max(PROBABILITY_MIN, shares[truth])))
            yield Rule(damping, mix, used), score
