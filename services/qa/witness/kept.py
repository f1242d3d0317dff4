"""Says what of a model's own answer is kept with its task until the verdict, and where it stands.

It stands among the answers, under the id of no worker, so that whoever loads these loads what the
model has shown too. That id is a bucket: a band of stated confidence, and a part of the models. So
there are at most 40 hashes of lessons for each task type, however many names models are given.
"""

import json

from services.qa import keys
from services.qa.state import AnswerStanding, KeptWitness
from shared.contracts.chance import hash_of_text
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import Witness
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS

BANDS = (0.5, 0.7, 0.85, 0.95)
"""Upper ends of the bands of stated confidence, but for the fifth, which ends at 1."""
_BUCKET_BITS = 3
_BLIND_BITS = 56
_JSON = "\x1f"


def entry_of_witness(event: TaskCreated) -> tuple[str, str] | None:
    """Return field and value under which a task's hash keeps the model's answer; None without one.

    None also where the verdict tells the gate what the model is worth, and must not lean on it (its
    audits, and what a gate with a promise learns from), where the model did not say how sure it
    was, and where people are asked about its very answer.
    """
    share, confidence = event.policy.witness_blind_share, event.output.confidence.value
    asks = event.question_asked
    if share is None or not KINDS[asks.kind].witness or event.gate.reason == "audit":
        return None
    answer = _own_answer(event)
    if confidence is None or answer is None or asks.problem_with(answer) is not None:
        return None
    model, version = event.output.model or "", event.output.model_version or ""
    blind = is_blind(event.task_id, share)
    if _teaches_the_gate(event) and not blind:
        return None
    held = [asks.canonical(answer), confidence, model, version, blind]
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    bucket = bucket_of(model, version, confidence)
    return keys.answer(bucket, keys.WITNESS), f"{AnswerStanding.DRAFT} {_JSON}{text}"


def witness_of(held: Answer) -> KeptWitness:
    """Return what `entry_of_witness` kept, of which this is the JSON."""
    return KeptWitness(*held)  # type: ignore[misc]


def is_blind(task_id: str, share: float) -> bool:
    """Return whether a task is judged without the model's answer, in any case.

    It follows from a hash of its id. Example: with a share of 0.1 about 100 of 1,000 tasks are.
    """
    return hash_of_text(f"witness\x1f{task_id}", _BLIND_BITS) < share * (1 << _BLIND_BITS)


def bucket_of(model: str, version: str, confidence: float) -> str:
    """Return under which id the lessons of a model are kept that was so sure.

    Example: `@4.7` for confidences from .95 on, and one in eight of all models.
    """
    band = sum(confidence >= edge for edge in BANDS)
    return f"@{band}.{hash_of_text(name_of(model, version), _BUCKET_BITS)}"


def name_of(model: str, version: str) -> str:
    """Return one text for a model and its version."""
    return f"{model}\x1f{version}"


def bucket_judged(witness: Witness) -> str:
    """Return under which id the lessons of a verdict's witness are kept."""
    return bucket_of(witness.model, witness.version, witness.confidence)


def _teaches_the_gate(event: TaskCreated) -> bool:
    promised = event.gate.promised
    return promised is not None and (promised.halvings is not None or promised.watched)


def _own_answer(event: TaskCreated) -> Answer:
    if event.asked is not None and event.asked.judges_answer:
        return None
    return event.output.answer if event.own_answer is None else event.own_answer
