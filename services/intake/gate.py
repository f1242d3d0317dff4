"""Which outputs people see, which the model may answer for itself, and what stands for those."""

import hashlib
from functools import lru_cache
from typing import Literal

from services.intake.catalog.rows import GateRule, TaskType
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Gate, Output

_Why = Literal["below_threshold", "absent", "sentinel", "audit", "confident"]


def gate(confidence: Confidence, rule: GateRule, *, task_type: str, output_id: str) -> Gate:
    """Why people see this output; `confident` is the one reason why they do not.

    A confidence at the threshold passes. Of those that pass, the same share is audited always, and
    always the same ones: it follows from task type and output id, never from chance or time.
    """
    reason = _reason(confidence, rule, f"{task_type}\x1f{output_id}")
    return _gate(reason, rule.threshold, rule.audit_share)


def is_waived(decided: Gate) -> bool:
    """Whether the model's own answer stands, without a task."""
    return decided.reason == "confident"


def standing_answer(output: Output, task_type: TaskType) -> str:
    """What stands for a waived output: the option the model means, or `gate.waived_answer`.

    The model means an option by its answer, or by its whole text where it gave no answer. Raises
    Refused where neither is to be had: then the catalog does not fit the model.
    """
    said = output.answer if output.answer is not None else (output.text or "").strip()
    option = task_type.option_of(said) or task_type.gate.waived_answer
    if option is not None:
        return option
    fix = "the model's answer is no option: add it to an option's aliases, or set waived_answer"
    raise Refused(Reason.BAD_OUTPUT, fix)


def check_shown(output: Output, task_type: TaskType) -> None:
    """Raise Refused where the output lacks what people need to see to answer at all."""
    brought = {"text": output.text, "request": output.request, "media": output.media}
    for need in task_type.shows:
        if brought[need] is None:
            fix = f"{need}: people need it to answer this task type: send it in our envelope"
            raise Refused(Reason.MISSING, fix)


@lru_cache(maxsize=1024)
def _gate(reason: _Why, threshold: float, audit_share: float) -> Gate:
    return Gate(reason=reason, threshold=threshold, audit_share=audit_share)


def _reason(confidence: Confidence, rule: GateRule, about: str) -> _Why:
    if confidence.status != "ok" or confidence.value is None:
        return "sentinel" if confidence.status == "sentinel" else "absent"
    if confidence.value < rule.threshold:
        return "below_threshold"
    return "audit" if _share(about) < rule.audit_share else "confident"


def _share(about: str) -> float:
    """A number on 0..1, spread evenly over what it is about."""
    return int.from_bytes(hashlib.sha256(about.encode()).digest()[:7]) / 2**56
