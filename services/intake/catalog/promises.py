"""Checks what a catalog's gates promise: of which questions, and with which share of audits."""

from collections.abc import Iterator

from services.intake.catalog.rows import TaskType
from shared.contracts.question import Fault
from shared.contracts.questions import KINDS

_AUDITED_MIN = 1 / 64


def faults_of_promise(row: TaskType) -> Iterator[Fault]:
    """Yield a promise about answers that no verdict repeats, and a shadow that learns nothing.

    Example: two transcripts of one recording are seldom the same to the letter.
    """
    gate = getattr(row, "gate", None)
    promise = getattr(gate, "promise", None)
    if promise is None:
        return
    if not KINDS[row.kind].exact:
        able = " or ".join(name for name, kind in KINDS.items() if kind.exact)
        fault = f"is about answers of the kind {row.kind}, which are seldom the same twice"
        yield ("gate", "promise"), fault, f"remove it, or ask a question of the kind {able}"
    mode, share = getattr(promise, "mode", "off"), getattr(gate, "audit_share", 1.0)
    if mode == "shadow" and share < _AUDITED_MIN:
        fault = "is too small for a shadow to learn from what is audited"
        yield ("gate", "audit_share"), fault, "set it to 0.016 or more"
