"""Names what a catalog promises of a task type's waived outputs, and the gate of each model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from services.intake.catalog import Catalog, GateRule
from services.intake.promise.thresholds import Promise
from shared.contracts.events.gates import PromiseMade

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class TypePromise:
    """What a gate promises on one task type.

    digest: names the task type and all numbers of the promise. A promise with other numbers is
    another one, about which nothing was learned; the mode is none of them.
    """

    mode: Literal["shadow", "on"]
    promise: Promise
    audit_share: float
    digest: str

    @property
    def stated(self) -> PromiseMade:
        """The promise as an event says it."""
        said = self.promise
        return PromiseMade(
            max_error=said.max_error,
            confidence=said.confidence,
            missed=said.missed,
            floor=said.floor,
        )


def promise_of(task_type: str, rule: GateRule | None) -> TypePromise | None:
    """Return what this task type's gate promises; None where it promises nothing (mode off)."""
    said = None if rule is None else rule.promise
    if rule is None or said is None or said.mode == "off":
        return None
    promise = Promise(
        max_error=said.max_error,
        confidence=said.confidence,
        floor=rule.threshold,
        missed=said.missed,
    )
    return _made(task_type, said.mode, promise, rule.audit_share)


def max_errors(catalog: Catalog) -> Mapping[str, float]:
    """Return the share of wrong outputs that is promised, by task type; none without a promise."""
    made = {name: promise_of(name, row.gate) for name, row in catalog.task_types.items()}
    return {name: one.promise.max_error for name, one in made.items() if one is not None}


@lru_cache(maxsize=4096)
def gate_name(model: str | None, version: str | None, promise: str) -> str:
    """Return the digest that names the gate of a model and its version under one promise.

    All outputs that name no model share one gate.
    """
    return _digest(model, version, promise)


@lru_cache(maxsize=1024)
def _made(
    task_type: str, mode: Literal["shadow", "on"], promise: Promise, audit_share: float
) -> TypePromise:
    numbers = promise.max_error, promise.confidence, promise.missed, promise.floor
    return TypePromise(mode, promise, audit_share, _digest(task_type, *numbers))


def _digest(*about: str | float | None) -> str:
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:_DIGITS]
