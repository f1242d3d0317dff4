"""Computes how probable each value of a field is, from who gave which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log

from services.qa.agreement.evidence import DAMPING, DIGITS
from shared.contracts.question import Answer
from shared.contracts.questions.record import AnyField, ChoiceField

LEFT_OUT = 0.25
"""How often somebody who errs leaves out a field that may be left out."""
WAYS_MIN = 5
WEIGHT_MIN, WEIGHT_MAX = 0.0001, 0.97

Given = Sequence[tuple[Answer, float]]
"""The value of a field in each answer (None where it is left out), and the weight it counts with.

They are in the order of the assignment ids.
"""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field as most weight writes it, and the probability that it is right."""

    value: Answer
    probability: float


def agreed_value(field: AnyField, values: Given) -> Value:
    """Return the most probable value among those given; of equals the one that was given first.

    The model: of somebody with weight w the value is right with w. Else it is a guess, which falls
    on a value v with the chance g(v): for options each alike, one of them being to leave the field
    out where that is allowed. An open value (text, number, date) of n characters can be written
    wrong in about n + WAYS_MIN ways, so g is one by so many. Before any answer v is as probable
    as it is to be guessed. The open values that nobody gave share the rest: "something nobody
    said" is a candidate like the others, but no answer. So two people who write the same long text
    are far better evidence than two who tick the same of two boxes. It is the model of one coin a
    worker (Dawid and Skene 1979) with unequal chances of a wrong answer.
    Evidence, log(w (1 - g) / ((1 - w) g)) or 0 where w is below g, is multiplied by DAMPING.
    Example: two people of weight 0.8 write the same 20 characters: 0.97; one alone does: 0.50.
    """
    shares = probabilities(field, values, DAMPING)
    top = max(shares.values())
    key = next(key for key in (key_of(field, value) for value, _ in values) if shares[key] == top)
    return Value(_as_written(field, key, values), top)


def probabilities(
    field: AnyField, values: Given, factor: float, *, also: Sequence[Answer] = ()
) -> Mapping[str | None, float]:
    """Return the probability of each value that was given, and of those in `also`, by its key.

    `factor` multiplies the evidence. What is left to 1 is for values that nobody gave.
    """
    evidence: dict[str | None, list[float]] = {key_of(field, value): [] for value in also}
    for value, weight in values:
        key = key_of(field, value)
        evidence.setdefault(key, []).append(_evidence(weight, _guessed(field, key)))
    scores = {
        key: log(_guessed(field, key)) + factor * fsum(terms) for key, terms in evidence.items()
    }
    top = max(scores.values())
    unsaid = 1 - fsum(_guessed(field, key) for key in evidence)
    odds = {key: exp(score - top) for key, score in scores.items()}
    whole = fsum([*odds.values(), max(0.0, unsaid) * exp(-top)])
    return {key: round(share / whole, DIGITS) for key, share in odds.items()}


def key_of(field: AnyField, value: Answer) -> str | None:
    """Return the text that values which mean the same have in common; None for a field left out."""
    return None if value is None else field.value_key(value)


def _guessed(field: AnyField, key: str | None) -> float:
    """Return the chance that a guess falls on this value."""
    if isinstance(field, ChoiceField):
        return 1 / (len(field.options) + (not field.required))
    if key is None:
        return LEFT_OUT
    return (1 if field.required else 1 - LEFT_OUT) / (len(key) + WAYS_MIN)


def _evidence(weight: float, guessed: float) -> float:
    if guessed >= 1:  # a single option: everybody guesses it
        return 0.0
    right = min(WEIGHT_MAX, max(WEIGHT_MIN, weight, guessed))
    return max(0.0, log(right * (1 - guessed) / ((1 - right) * guessed)))


def _as_written(field: AnyField, key: str | None, values: Given) -> Answer:
    """Return the value of this key as most weight writes it; of equals as it was written first."""
    weights: dict[str, list[float]] = {}
    written: dict[str, Answer] = {}
    for value, weight in values:
        if value is not None and field.value_key(value) == key:
            weights.setdefault(str(value), []).append(weight)
            written.setdefault(str(value), value)
    if not written:
        return None
    return written[max(weights, key=lambda form: round(fsum(weights[form]), DIGITS))]
