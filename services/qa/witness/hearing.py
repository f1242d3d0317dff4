"""Decides whether a model's own answer counts beside people's, and how much."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp, log, sqrt
from typing import NamedTuple

from services.qa.agreement.evidence import WEIGHT_DIGITS
from services.qa.agreement.terms import AgreedAnswer
from services.qa.state import Gold, KeptWitness
from services.qa.witness.lessons import Lesson, lessons_of, letter_of
from shared.contracts.events.verdicts import LeftOut

LESSONS_MIN = 30
"""Lessons in its band of stated confidence before a model counts at all."""
CHANCE_STRENGTH = 10  # lessons that being right by chance alone is worth
OPTION_STRENGTH = 4  # lessons that its overall share is worth for one option


class Hearing(NamedTuple):
    """Whether a model's answer counts: its weight (0..1), or why it has none.

    lessons: how many show how often it is right when it says it is so sure. right: in which share
    of them it was.
    """

    weight: float | None = None
    left_out: LeftOut | None = None
    lessons: int = 0
    right: float = 0.0


NOT_HEARD = Hearing()
"""Of a task whose model said nothing that could count."""


def hear(
    witness: KeptWitness | None,
    gold: Gold | None,
    *,
    alone: AgreedAnswer,
    weights: Mapping[str, float],
) -> Hearing:
    """Return whether the model's answer counts beside people's answers, and with which weight.

    alone: what these come to without it. weights: theirs, by assignment. The model weighs at most
    what the best of them does.
    Example: right in 114 of 120 lessons on two options, beside people of weight 0.82: 0.82.
    """
    if witness is None:
        return NOT_HEARD
    model = witness.lessons, witness.model, witness.version
    count, right = _record_of(*model)
    left_out = _left_out(witness, gold, alone)
    if left_out is None and count < LESSONS_MIN:
        left_out = "unproven"
    if left_out is not None:
        return Hearing(None, left_out, count, right)
    options = len(alone.distribution)
    weight = min(max(weights.values()), _proved(*model, letter_of(witness.answer), options))
    if weight * options <= 1:
        return Hearing(None, "chance", count, right)
    return Hearing(weight, None, count, right)


# A model's lessons change with the few verdicts that teach of it, and are looked at with every one.


@lru_cache(maxsize=512)
def _record_of(text: str, model: str, version: str) -> tuple[int, float]:
    """Return how many lessons there are of a model, and in which share of them it was right."""
    lessons = lessons_of(text, model, version)
    share = sum(one.right for one in lessons) / len(lessons) if lessons else 0.0
    return len(lessons), round(share, 3)


@lru_cache(maxsize=2048)
def _proved(text: str, model: str, version: str, letter: str, options: int) -> float:
    return proved(lessons_of(text, model, version), letter, options)


def _left_out(witness: KeptWitness, gold: Gold | None, alone: AgreedAnswer) -> LeftOut | None:
    if gold is not None:
        return "gold"
    if witness.blind:
        return "blind"
    if alone.answer is None:
        return "alone"
    first, second = sorted([*alone.distribution.values(), 0.0])[:-3:-1]
    return "tied" if first == second else None


def proved(lessons: Sequence[Lesson], letter: str, options: int) -> float:
    """Return how sure the model's answer alone would make us of it, as its lessons prove, 0..1.

    Its share of right answers is drawn towards chance and lowered by its standard error, so that a
    model which guesses proves nothing, however sure it says it is. The same is computed of this
    very option, as for a worker: who always says `yes` says nothing by it. The lower one holds.
    `letter` stands for its answer.
    """
    chance, of = 1 / options, len(lessons) + CHANCE_STRENGTH
    right = (sum(one.right for one in lessons) + CHANCE_STRENGTH * chance) / of
    overall = log(right / (1 - right)) - log(chance / (1 - chance))
    error = 1 / sqrt(of * right * (1 - right))
    ratio = exp(min(overall, _of_option(lessons, letter, right, options)) - error)
    return round(ratio / (ratio + options - 1), WEIGHT_DIGITS)


def _of_option(lessons: Sequence[Lesson], letter: str, right: float, options: int) -> float:
    """Return the log of how much likelier the model says this where it is right than elsewhere."""
    own = [one.right for one in lessons if one.said == letter]
    others = sum(1 - one.right for one in lessons if one.said != letter)
    hits, wrong = sum(own), (1 - right) / (options - 1)
    likely = hits + others / (options - 1)
    hit = (hits + OPTION_STRENGTH * right) / (likely + OPTION_STRENGTH)
    alarm = len(own) - hits + OPTION_STRENGTH * wrong
    return log(hit * (len(lessons) - likely + OPTION_STRENGTH) / alarm)
