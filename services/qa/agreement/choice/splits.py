"""Tells a task whose people are split for good from one whose people merely err."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from math import exp, lgamma, log
from typing import Literal

from services.qa.agreement.choice.learned import AMBIGUOUS_SHARE
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.choice.worth import weight_of
from services.qa.agreement.evidence import DIGITS
from services.qa.agreement.learning import confused_field

SHARE_TASKS = 50  # how many verdicts that first guess of the share is worth
AMBIGUOUS_MIN, AMBIGUOUS_SURE = 0.5, 0.9
SPLIT_VOTES_MIN = 2  # on each side; one who differs may have slipped
SHARE_STRENGTH = 2.0  # of the Beta distribution of the share that one of two answers gets
OPTIONS_MAX = 50  # of more, pairs are too many to count
FAULTY_TASKS_MIN = 5
FAULTY_TIMES = 4.0

_SPLIT, _JUDGED = "split_milli", "judged"

Cause = Literal["noise", "ambiguity", "instruction"]
"""Why people differ: weak workers err, the task has no one answer, or two options are unclear."""


def ambiguity(tally: Tally, share: float = AMBIGUOUS_SHARE) -> float:
    """Return the probability that people are split between the two options most voted for.

    `share` is that of the type's tasks that have no one answer.
    A Bayes factor: that either is right and each of its voters as reliable as they are weighed,
    against both being right and each person's taste deciding. Where weak workers differ, the first
    explains it; where trusted ones do, the second. Votes for other options speak for neither.
    0 where one side has less than SPLIT_VOTES_MIN votes.
    Example: of five options, three workers of weight 0.9 on each side: 0.98; of 0.5: 0.21.
    """
    pair = _pair(tally)
    if pair is None:
        return 0.0
    sides = [[w for o, w in _weights(tally) if o == option] for option in pair]
    others = max(1, len(tally.distribution) - 1)
    one_right = [
        sum(log(w) for w in right) + sum(log((1 - w) / others) for w in wrong)
        for right, wrong in (sides, sides[::-1])
    ]
    either = max(one_right)
    either += log(sum(exp(chance - either) for chance in one_right) / 2)
    of_the_pair = sum(log(w + (1 - w) / others) for side in sides for w in side)
    both = of_the_pair + _of_taste(*map(len, sides))
    odds = share / (1 - share) * exp(min(50.0, both - either))
    return odds / (1 + odds)


def split_lesson(tally: Tally, share: float = AMBIGUOUS_SHARE) -> dict[str, int]:
    """Return what a verdict adds to its type's counters of splits, in all and by pair of options.

    Example: people split between `cat` and `dog` with 0.8 add 800 to `split_milli:["cat", "dog"]`.
    """
    pair = _pair(tally)
    if pair is None:
        return {_JUDGED: 1}
    split = round(1000 * ambiguity(tally, share))
    counts = {_JUDGED: 1, _SPLIT: split}
    if len(tally.distribution) <= OPTIONS_MAX:
        counts[_field(*pair)] = split
    return {name: count for name, count in counts.items() if count}


def ambiguous_share(counters: Mapping[str, int]) -> float:
    """Return the share of a type's tasks that have no one answer, as its verdicts so far tell.

    Example: without any verdict AMBIGUOUS_SHARE.
    """
    split = counters.get(_SPLIT, 0) / 1000 + SHARE_TASKS * AMBIGUOUS_SHARE
    return round(split / (counters.get(_JUDGED, 0) + SHARE_TASKS), DIGITS)


def faulty_pair(counters: Mapping[str, int], options: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the pair of options that people take for each other across tasks, or None.

    That is where a pair splits FAULTY_TIMES as often as the mean of all other pairs that could, and
    on FAULTY_TASKS_MIN tasks at least: the instruction then says too little about the two. A type
    with two options has but one pair, so a fault cannot be told from many ambiguous tasks.
    """
    if not 2 < len(options) <= OPTIONS_MAX:
        return None
    pairs = _fields_of_pairs(options)
    counts = [counters.get(field, 0) / 1000 for field in pairs.values()]
    pair, count = max(zip(pairs, counts, strict=True), key=lambda one: one[1])
    mean = (sum(counts) - count) / (len(pairs) - 1)
    return pair if count >= max(FAULTY_TASKS_MIN, FAULTY_TIMES * mean) else None


def newly_confused(
    tally: Tally, counters: Mapping[str, int], taught: Mapping[str, int]
) -> tuple[str, str] | None:
    """Return the faulty pair that a verdict makes plain: the first one that is split between it.

    `counters` are those of its task type before, `taught` what it adds to them. None where the pair
    was named before.
    """
    pair = _pair(tally)
    if pair is None or confused_field(*pair) in counters:
        return None
    field = _field(*pair)
    count = counters.get(field, 0) + taught.get(field, 0)
    if count < 1000 * FAULTY_TASKS_MIN:
        return None
    faulty = faulty_pair({**counters, field: count}, tuple(tally.distribution))
    return pair if faulty == pair else None


def cause_of(tally: Tally, counters: Mapping[str, int]) -> Cause:
    """Return why people differ on a task: they err, it has no one answer, or one pair is unclear.

    `counters` are those of its task type, with the splits of the verdicts before.
    Example: trusted people split between `cat` and `lynx`, as on many other tasks: instruction.
    """
    if ambiguity(tally, ambiguous_share(counters)) < AMBIGUOUS_MIN:
        return "noise"
    faulty = faulty_pair(counters, tuple(tally.distribution))
    return "instruction" if faulty is not None and faulty == _pair(tally) else "ambiguity"


def may_be_split(tally: Tally) -> bool:
    """Return whether there are votes enough for two sides: of most tasks there are not."""
    return len(tally.votes) >= 2 * SPLIT_VOTES_MIN


def _pair(tally: Tally) -> tuple[str, str] | None:
    if not may_be_split(tally):
        return None
    counts = Counter(tally.votes.values())
    if len(counts) < 2:
        return None
    (one, _), (other, fewer) = sorted(counts.items(), key=lambda at: (-at[1], at[0]))[:2]
    low, high = sorted((one, other))
    return (low, high) if fewer >= SPLIT_VOTES_MIN else None


def _weights(tally: Tally) -> list[tuple[str, float]]:
    return [
        (option, weight_of(tally.evidence[at], len(tally.distribution)))
        for at, option in sorted(tally.votes.items())
    ]


def _of_taste(one: int, other: int) -> float:
    """Return the log of the chance of such a split, whoever it is (a beta-binomial's, in order)."""
    strength = SHARE_STRENGTH
    return _log_beta(one + strength, other + strength) - _log_beta(strength, strength)


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


@lru_cache(maxsize=64)
def _fields_of_pairs(options: tuple[str, ...]) -> Mapping[tuple[str, str], str]:
    """Return each pair of these options, sorted, with the name of its counter."""
    return {pair: _field(*pair) for pair in combinations(sorted(options), 2)}


def _field(one: str, other: str) -> str:
    return f"split_milli:{json.dumps([one, other], ensure_ascii=False)}"
