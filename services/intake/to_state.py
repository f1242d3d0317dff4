"""Builds the values that intake decides on from the Redis hashes that were loaded."""

from services.intake import keys
from services.intake.arrived import OutputArrived
from services.intake.state import (
    Ended,
    Exchange,
    GateKnown,
    KeptRequest,
    OldGate,
    OutputKnown,
    ToldStanding,
)
from shared.contracts.events.gates import GateLearned
from shared.state.changes import count_name
from shared.state.view import View


def output(arrived: OutputArrived, view: View) -> Ended | None:
    """Return what became of the output before; None if it is neither a task nor waived yet."""
    return _ended(arrived.task_id, view)


def output_known(task_id: str, gate: str | None, view: View) -> OutputKnown:
    """Return what became of an output before, and how its gate stands; `gate` names that."""
    return OutputKnown(_ended(task_id, view), standing(task_id, gate, view))


def exchange(task_id: str, view: View, gate: str | None = None) -> Exchange:
    """Return what is known of a call of a model server, by the id that its response's task has."""
    kept = view.hash(keys.request(task_id))
    request = KeptRequest(kept["digest"], kept.get("text")) if "digest" in kept else None
    return Exchange(_ended(task_id, view), request, standing(task_id, gate, view))


def standing(task_id: str, gate: str | None, view: View) -> ToldStanding | None:
    """Return how a gate with a promise stands, as the bucket of this output was told."""
    if gate is None:
        return None
    fields = view.hash(keys.standing(keys.bucket(task_id), gate))
    return ToldStanding.of(fields["n"], fields["stands"]) if "stands" in fields else None


def gate(name: str | None, view: View) -> GateKnown:
    """Return what is known of a gate; of one that is new, what it begins with."""
    if name is None:
        return GateKnown()
    fields = view.hash(keys.gate(name))
    text = view.fields(keys.learned(name)).get("event")
    if text is not None:
        learned = GateLearned.model_validate_json(text)
        return GateKnown(learned, learned.term, learned.revision)
    begins = view.fields(keys.begins())
    revision = max(int(fields.get("n", "0")), int(begins.get("n", "0")))
    new = GateKnown(None, int(begins.get("term", "1")), revision)
    if not view.is_loaded(count_name(keys.used())):
        return new
    oldest = next(iter(view.ranking(keys.used(), 1)), None)
    return GateKnown(None, new.term, revision, view.count(keys.used()), _oldest(oldest, view))


def _oldest(name: str | None, view: View) -> OldGate | None:
    if name is None or not view.is_loaded(keys.gate(name)):
        return None
    fields = view.hash(keys.gate(name))
    if "term" not in fields:
        return None
    return OldGate(name, fields["task_type"], int(fields["n"]), int(fields["term"]))


def _ended(task_id: str, view: View) -> Ended | None:
    fields = view.hash(keys.output(task_id))
    return Ended(fields["digest"]) if "ending" in fields else None
