"""Workers who answer so many questions, as the counters of their verdicts have them."""

import random
from collections import Counter
from collections.abc import Callable, Mapping

from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS, Reliability
from services.qa.integrity.lessons import hasty_lesson

Answering = Callable[[random.Random, str, tuple[str, ...]], str]
"""Returns an answer, given the right one and the options."""


def right_at(accuracy: float) -> Answering:
    """Somebody who looks, and is right as often as this; else any other option."""

    def answer(chance: random.Random, truth: str, options: tuple[str, ...]) -> str:
        if chance.random() < accuracy:
            return truth
        return chance.choice([one for one in options if one != truth])

    return answer


def at_random(chance: random.Random, _: str, options: tuple[str, ...]) -> str:
    return chance.choice(options)


def always_first(_: random.Random, __: str, options: tuple[str, ...]) -> str:
    return options[0]


def worker_of(
    answering: Answering,
    *,
    seed: int,
    answers: int = 200,
    options: int = 2,
    others: float = 0.9,
    hasty: bool = False,
    first: float = 0.0,
) -> Reliability:
    """Return the counters of a worker after so many verdicts.

    others: how probable the others' answers make what they say, which is right as often as that.
    hasty: whether every answer came too fast. first: how much more often the first option is right.
    """
    chance, names = random.Random(seed), tuple(f"o{at}" for at in range(options))
    sums: Counter[str] = Counter()
    for _ in range(answers):
        truth = names[0] if chance.random() < first else chance.choice(names)
        seen = right_at(others)(chance, truth, names)
        said = answering(chance, truth, names)
        sums.update(_lesson(said, seen, names, others))
        if hasty:
            sums.update(hasty_lesson(_agreed(said, seen, len(names), others)))
    return Reliability(dict(sums))


def _lesson(answer: str, others: str, names: tuple[str, ...], sure: float) -> Mapping[str, int]:
    agreed = _agreed(answer, others, len(names), sure)
    likely = {f"likely_milli:{one}": _agreed(one, others, len(names), sure) for one in names}
    return {ANSWERS: 1, AGREED_MILLI: agreed, f"said:{answer}": 1, **likely}


def _agreed(answer: str, others: str, options: int, sure: float) -> int:
    return round(1000 * (sure if answer == others else (1 - sure) / (options - 1)))
