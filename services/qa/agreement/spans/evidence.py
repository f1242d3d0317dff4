"""Computes how probable each label is at a place, from what each person marked there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, fsum, log

MARKED = 0.2
"""The odds that a place which somebody could mark is to be marked, before anybody answered."""
INVENTED = 0.06
"""Share of a person's errors by which they mark one given place where nothing is to be marked.

It is well below MARKED, since people miss more than they invent: the majority of a crowd that marks
names is far more precise than complete (Rodrigues, Pereira and Ribeiro 2014, on CoNLL 2003).
"""
CONFUSED = 0.2
"""Share of a person's errors at a place to be marked that are a wrong label, not a missing mark."""
WEIGHT_MIN, WEIGHT_MAX = 0.2, 0.97
DIGITS = 6

Mark = str | None
"""The label that a person gave a place; None where they marked nothing."""
Marks = tuple[Mark, ...]
"""What each person gave a place, in the order of their weights."""


@dataclass(frozen=True)
class Evidence:
    """Turns marks into probabilities, for people of these weights and labels that exclude others.

    The model is that of Dawid and Skene (1979) with all numbers fixed but one: a person of weight w
    (their F1) gives a place to be marked its label with w. Of the rest CONFUSED is another label,
    each alike, and the others no mark. Where nothing is to be marked they mark with (1 - w)
    INVENTED. All labels together are MARKED times as probable as nothing before any answer.
    Weights are kept above WEIGHT_MIN, from which on no mark speaks against itself.
    Example: of two people of weight 0.8 both mark a place `name`, the only label: it is one with
    0.999; if one alone does, with 0.73.
    """

    labels: tuple[str, ...]
    weights: tuple[float, ...]
    _known: dict[Marks, Mapping[Mark, float]] = field(default_factory=dict, compare=False)

    @cached_property
    def _people(self) -> "tuple[_Person, ...]":
        return tuple(_Person.of(weight, len(self.labels)) for weight in self.weights)

    def at(self, marks: Marks) -> Mapping[Mark, float]:
        """Return the probability of nothing (None) and of each label that somebody gave here.

        Labels that nobody gave share what is left to 1.
        """
        if marks not in self._known:
            self._known[marks] = self._posterior(marks)
        return self._known[marks]

    def best(self, marks: Marks) -> Mark:
        """Return the most probable label, None for nothing; of equals nothing, then by name."""
        shares = self.at(marks)
        top = max(shares.values())
        tied = sorted(mark for mark, share in shares.items() if mark is not None and share == top)
        return None if shares[None] == top else tied[0]

    def _posterior(self, marks: Marks) -> Mapping[Mark, float]:
        named = sorted({mark for mark in marks if mark is not None})
        states: list[Mark] = [None, *named]
        scores = [self._score(state, marks) for state in states]
        unnamed = len(self.labels) - len(named)
        # Labels that nobody gave here have one score: "" stands for each of them.
        rest = self._score("", marks) if unnamed else 0.0
        top = max(scores)
        odds = [exp(score - top) for score in scores]
        whole = fsum([*odds, unnamed * exp(rest - top)])
        return {
            state: round(share / whole, DIGITS) for state, share in zip(states, odds, strict=True)
        }

    def _score(self, state: Mark, marks: Marks) -> float:
        """Return the log of a state's prior and likelihood."""
        terms = [0.0 if state is None else log(MARKED / len(self.labels))]
        for mark, person in zip(marks, self._people, strict=True):
            if state is None:
                terms.append(person.left if mark is None else person.invented)
            elif mark is None:
                terms.append(person.missed)
            else:
                terms.append(person.right if mark == state else person.confused)
        return fsum(terms)


@dataclass(frozen=True, slots=True)
class _Person:
    """The logs of how likely somebody does what at a place.

    right, missed, confused: where a label is to be given. left, invented: where none is.
    """

    right: float
    missed: float
    confused: float
    left: float
    invented: float

    @classmethod
    def of(cls, weight: float, labels: int) -> "_Person":
        right = min(WEIGHT_MAX, max(WEIGHT_MIN, weight))
        wrong, others = 1 - right, labels - 1
        return cls(
            right=log(right),
            missed=log(wrong * (1 - CONFUSED) if others else wrong),
            confused=log(wrong * CONFUSED / others) if others else 0.0,
            left=log(1 - wrong * INVENTED),
            invented=log(wrong * INVENTED / labels),
        )
