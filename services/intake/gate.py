"""Decides which outputs people see, and which answer is final for the others."""

from functools import lru_cache
from typing import Literal

from services.intake.catalog.gate_rules import GateRule
from services.intake.catalog.rows import TaskType
from services.intake.conditions.clauses import fired_clause
from services.intake.formats.pipelines import hf_token_classification
from shared.contracts.chance import hash_of_text
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.fired_clause import FiredClause, GateReason
from shared.contracts.events.parts import Confidence, Gate, Output
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS

_WOULD_DO = frozenset({"audit", "confident"})
_DRAW_BITS = 56


EVERYTHING = GateRule(threshold=1.0, audit_share=1.0)
"""Stands for the gate of a task type without one: people see every output."""


def gated(output: Output, row: TaskType, *, task_type: str, output_id: str) -> Gate:
    """Return the reason why people see an output, by its confidence and all clauses of the gate.

    It follows from the output, the row of its task type and the two names alone.
    Example: confidence 0.99 and a language of `always_review`: the reason `always_review`.
    """
    clause = fired_clause(output, row)
    decided = gate(output.confidence, row.gate, task_type=task_type, output_id=output_id)
    return decided if clause is None else _with_clause(decided, clause)


def _with_clause(decided: Gate, clause: FiredClause) -> Gate:
    reason = decided.reason
    if reason in _WOULD_DO:
        reason = "review_if" if clause.rule.startswith("review_if") else "always_review"
    bounds = {"threshold": decided.threshold, "audit_share": decided.audit_share}
    return Gate.made({"reason": reason, "clause": clause, **bounds})


def gate(confidence: Confidence, rule: GateRule | None, *, task_type: str, output_id: str) -> Gate:
    """Return the reason why people see an output, by its confidence alone; see `gated` for all.

    The reason `confident` means that they do not see it. Without a `rule` people see everything. It
    holds the threshold, which a confidence equal to it passes, and the share of passing outputs
    that people see all the same (reason `audit`). The choice depends on task type and output id
    only, so that an output that is sent again is decided in the same way.
    Example: confidence 0.9, threshold 0.85 and audit_share 0.05: `confident` for 95 of 100 outputs.
    """
    rule = EVERYTHING if rule is None else rule
    reason = _reason(confidence, rule, about=(task_type, output_id))
    return _gate(reason, rule.threshold, rule.audit_share)


def past_the_gate(rule: GateRule | None) -> Gate:
    """Return the reason why people see an output that is to be asked whatever the gate would say.

    Its thresholds are named as they are, though nothing was compared with them.
    """
    rule = EVERYTHING if rule is None else rule
    return _gate("ask_always", rule.threshold, rule.audit_share)


def is_waived(decided: Gate) -> bool:
    """Return whether the model's own answer is final, so that nobody is asked."""
    return decided.reason == "confident"


def standing_answer(output: Output, task_type: TaskType) -> Answer:
    """Return the answer that is final for an output that nobody is asked about.

    It is the output's own answer, or else `gate.waived_answer` of the task type. Raises Refused if
    there is neither.
    Example: the output says `LABEL_1`, an alias of the option `yes`: the answer is `yes`.
    """
    answer = task_type.own_answer(output)
    if answer is None:
        answer = task_type.waived_answer
    if answer is None:
        raise Refused(Reason.BAD_OUTPUT, task_type.NO_OWN_ANSWER)
    return answer


def judges_answer(output: Output, task_type: TaskType) -> Literal[True] | None:
    """Return whether people are asked about the model's answer, so that offers must show it.

    They are where that is no answer to the question, and `gate.waived_answer` stands for such ones.
    Example: is the answer right, yes or no? The model answered `cat`, and `yes` stands for it.
    """
    if output.answer is None or not KINDS[task_type.kind].judges_answers:
        return None
    judged = task_type.waived_answer is not None and task_type.own_answer(output) is None
    return True if judged else None


def check_shown(output: Output, task_type: TaskType) -> None:
    """Raise Refused if the output lacks a field that people must see to answer this task type.

    An output of candidates without a text is to be compared; no other question is about them.
    """
    if output.candidates and output.text is None:
        _check_compared(output, task_type)
    if output.answer == [] and output.format == hf_token_classification.NAME:
        _check_answered(output, task_type)
    brought = {"text": output.text, "request": output.request, "media": output.media}
    for need in task_type.shows:
        if brought[need] is None:
            fix = f"{need}: people need it to answer this task type: send it in our envelope"
            raise Refused(Reason.MISSING, fix)


def _check_compared(output: Output, task_type: TaskType) -> None:
    if KINDS[task_type.asks().kind].ranks:
        return
    count = len(output.candidates)
    fix = "name a task_type of the kind preference, or send each in a record of its own"
    raise Refused(Reason.BAD_OUTPUT, f"candidates: there are {count} answers to compare: {fix}")


def _check_answered(output: Output, task_type: TaskType) -> None:
    """Raise Refused where nothing was found, and that is no answer to the question."""
    if task_type.own_answer(output) is None:
        fix = "nothing was found: name a task_type of the kind spans, or leave it out"
        raise Refused(Reason.EMPTY_PAYLOAD, f"response: {fix}")


@lru_cache(maxsize=1024)
def _gate(reason: GateReason, threshold: float, audit_share: float) -> Gate:
    return Gate(reason=reason, threshold=threshold, audit_share=audit_share)


def _reason(confidence: Confidence, rule: GateRule, *, about: tuple[str, str]) -> GateReason:
    if confidence.status != "ok" or confidence.value is None:
        return "sentinel" if confidence.status == "sentinel" else "absent"
    if confidence.value < rule.threshold:
        return "below_threshold"
    return "audit" if draw_of(*about) < rule.audit_share else "confident"


def draw_of(task_type: str, output_id: str) -> float:
    """Return a number from 0 to below 1 that depends on these two alone, evenly spread."""
    about = f"{task_type}\x1f{output_id}"
    return hash_of_text(about, _DRAW_BITS) / (1 << _DRAW_BITS)
