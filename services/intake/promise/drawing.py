"""Decides an output by its gate's promise, and notes what people's verdict on it would teach.

Whoever decides on the same output under the same standing decides alike: chance is a hash of the
output's names. All that the decision took from what the gate has learned is in the event.
"""

import hashlib

from services.intake.arrived import OutputArrived
from services.intake.catalog import TaskType
from services.intake.gate import draw_of
from services.intake.promise.audits import rate, times_beside
from services.intake.promise.bands import band_of
from services.intake.promise.made import TypePromise, gate_name, promise_of
from services.intake.promise.standing import Chosen, GateStanding, cell_of, chosen
from services.intake.state import ToldStanding
from shared.contracts.events.parts import Gate, Output
from shared.contracts.events.promised import Promised
from shared.contracts.question import Answer, kept

_BY_CONFIDENCE = frozenset({"below_threshold", "audit", "confident"})
_UNKNOWN = ToldStanding(0, GateStanding())
_NAME_CHARACTERS = 200
_DIGITS = 16


def with_promise(
    decided: Gate,
    arrived: OutputArrived,
    row: TaskType,
    *,
    task_type: str,
    standing: ToldStanding | None,
) -> Gate:
    """Return what the gate decides once its promise is heard; without one, what it was given.

    A promise has no say where the confidence is missing, or where a condition or a list sends the
    output to people. Of a gate of which nothing is known people see everything.
    Example: mode on, proved from 0.98 on, confidence 0.99: `confident` or `audit`, by chance.
    """
    confidence = arrived.output.confidence.value
    made = promise_of(task_type, row.gate)
    sure = decided.reason in _BY_CONFIDENCE and decided.clause is None
    if made is None or confidence is None or not sure:
        return decided
    standing = standing or _UNKNOWN
    draw = draw_of(task_type, arrived.task_id)
    says = chosen(confidence, standing.gate, mode="on", draw=draw)
    promised = _promised(arrived.output, row, made, says=says, standing=standing)
    if made.mode == "shadow":
        reason, share = decided.reason, made.audit_share
        times = None
        if reason != "confident":
            times = times_beside(share, draw, audited=reason == "audit")
        return decided.model_copy(update={"promised": _taught(promised, times)})
    times = None if says.would_waive else cell_of(confidence, standing.gate)[1]
    threshold = standing.gate.threshold
    return Gate.made(
        {
            "reason": says.reason,
            "threshold": 1.0 if threshold is None else threshold,
            "audit_share": 1.0 if threshold is None else rate(standing.gate.times),
            "clause": None,
            "promised": _taught(promised, times),
        }
    )


def answer_digest(answer: Answer) -> str:
    """Return a digest of an answer: the same for those that are the same."""
    return hashlib.sha256(kept(answer).encode()).hexdigest()[:_DIGITS]


def _promised(
    output: Output, row: TaskType, made: TypePromise, *, says: Chosen, standing: ToldStanding
) -> Promised:
    confidence = output.confidence.value or 0.0
    band = band_of(confidence)
    gate = standing.gate
    stands = row.own_answer(output)
    stands = row.waived_answer if stands is None else stands
    return Promised.made(
        {
            "mode": made.mode,
            "gate": gate_name(output.model, output.model_version, made.digest),
            "promise": made.digest,
            "model": _short(output.model),
            "model_version": _short(output.model_version),
            "revision": standing.revision,
            "term": gate.term,
            "band": band,
            "halvings": None,
            "watched": gate.proved is not None and band >= gate.proved,
            "waives": says.would_waive,
            "answer": None if stands is None else answer_digest(row.asks().canonical(stands)),
        }
    )


def _taught(promised: Promised, times: int | None) -> Promised:
    """Return it with its verdict's weight; without an answer to compare, that teaches nothing."""
    if times is None or promised.answer is None:
        return promised.with_values({"watched": False})
    return promised.with_values({"halvings": times})


def _short(name: str | None) -> str | None:
    return None if name is None else name[:_NAME_CHARACTERS]
