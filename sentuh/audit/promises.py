"""Checks that a gate with a promise was open for what it waived, and that chance let it pass."""

import hashlib
from collections.abc import Iterator, Mapping

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.gates import GateStood
from shared.contracts.events.parts import Gate
from shared.contracts.events.promised import Promised
from shared.contracts.events.tasks import OutputWaived
from shared.contracts.topics import GATES

Standings = Mapping[tuple[str, int], GateStood]


def what_is_waived_was_promised(history: History) -> Iterator[Violation]:
    """Yield outputs that a gate of the mode `on` waived without a standing that allows it.

    A waiver names the revision as which its gate stood. `gates` must say that the gate was open
    then from the same confidence on, as long as nothing of it was compacted away; chance must not
    have drawn the output for people. Example: waived as revision 0, of which nothing was known.
    """
    standings = {(one.event.gate, one.event.revision): one.event for one in history.of(GateStood)}
    whole = history.whole(GATES.name)
    for waived in history.waived.values():
        promised = waived.gate.promised
        if promised is None or promised.mode != "on":
            continue
        what = _wrong(waived, standings, whole=whole)
        if what is not None:
            yield Violation(waived.task_id, f"waived by a promise: {what}")


def _wrong(waived: OutputWaived, standings: Standings, *, whole: bool) -> str | None:
    gate, promised = waived.gate, waived.gate.promised
    if promised is None or not promised.waives or promised.revision == 0:
        return "its gate was not open"
    if waived.probability < gate.threshold:
        return f"{waived.probability} is below {gate.threshold}"
    if _place(waived) < gate.audit_share:
        return f"chance drew it for people, as {gate.audit_share} of all are"
    standing = standings.get((promised.gate, promised.revision))
    if standing is not None:
        return _forbidden(gate, promised, standing)
    return f"gates never told of revision {promised.revision}" if whole else None


def _forbidden(gate: Gate, promised: Promised, standing: GateStood) -> str | None:
    if standing.threshold is None or standing.term != promised.term:
        return f"as revision {promised.revision} its gate waived nothing in term {promised.term}"
    if standing.threshold != gate.threshold or 0.5**standing.halvings != gate.audit_share:
        return f"revision {promised.revision} stands from {standing.threshold} on"
    return None


def _place(waived: OutputWaived) -> float:
    """Return where an output stands among all of its task type, 0..1, by the hash of its id."""
    number = hashlib.sha256(f"{waived.task_type}\x1f{waived.task_id}".encode()).hexdigest()[:14]
    return int(number, 16) / 16**14
