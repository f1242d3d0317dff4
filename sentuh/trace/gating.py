"""Words for why the gate asked people: the model's confidence, and the clause that fired."""

from collections.abc import Callable, Mapping, Sequence

from sentuh.trace import doubts
from sentuh.trace.sureness import share
from shared.contracts.events.fired_clause import FiredClause
from shared.contracts.events.parts import Confidence, Gate
from shared.contracts.events.redacted import Redacted


def in_words(gate: Gate, confidence: Confidence) -> str:
    """Return why people were asked, with the clause of the gate that the output meets, if any.

    Example: "the model is 97 % sure, which would do; review_if[0] fired: margin < 0.2 (margin is
    0.04)".
    """
    asked = _by_confidence(gate, confidence)
    clause = "" if gate.clause is None else f"; {fired(gate.clause)}"
    return asked + clause + promised(gate)


def promised(gate: Gate) -> str:
    """Return what the gate's promise did and why, to stand behind a reason; often nothing.

    Example: "; people's verdicts have proved its threshold (revision 130, term 1)".
    """
    promise = gate.promised
    if promise is None:
        return ""
    if promise.mode == "shadow":
        would = "let its own answer stand" if promise.waives else "ask people, too"
        would = would if promise.waives or promise.revision else "ask people: it knows nothing yet"
        return f"; the promise, in shadow, would {would}"
    as_which = f"(revision {promise.revision}, term {promise.term})"
    if promise.revision == 0:
        return "; of its promise nothing is proved yet, so people see everything"
    if proves_nothing(gate):
        return f"; its promise is proved for no threshold, so people see everything {as_which}"
    return f"; people's verdicts have proved that threshold {as_which}"


def redacted(counts: Sequence[Redacted]) -> str:
    """Return what was redacted in the output before, to stand behind a reason; often nothing.

    Example: "; redacted before: 2 email, 1 phone".
    """
    listed = ", ".join(f"{one.count} {one.kind}" for one in counts)
    return f"; redacted before: {listed}" if listed else ""


def _by_confidence(gate: Gate, confidence: Confidence) -> str:
    if gate.reason in {"absent", "sentinel"}:
        return doubts.in_words(confidence)
    sure = "" if confidence.value is None else f"the model is {share(confidence.value)} sure"
    return _GATED[gate.reason](sure, gate)


def _below(gate: Gate) -> str:
    """Return below what the model's confidence is; nothing where a promise has no threshold yet."""
    return "" if proves_nothing(gate) else f", below the gate's {share(gate.threshold)}"


def proves_nothing(gate: Gate) -> bool:
    """Return whether a promise decides that has no threshold: 1 stands for none."""
    return gate.promised is not None and gate.promised.mode == "on" and gate.threshold == 1


def fired(clause: FiredClause) -> str:
    """Return the clause of the gate that fired, with the values of the facts that it names."""
    if clause.problem is not None:
        return f"{clause.rule} cannot be computed: {clause.text} ({clause.problem})"
    values = ", ".join(f"{name} is {_value(value)}" for name, value in clause.values.items())
    return f"{clause.rule} fired: {clause.text}{f' ({values})' if values else ''}"


def _value(value: object) -> str:
    """Return a value as people read it: text in quotes, numbers with four digits that count."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{value}”"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


_GATED: Mapping[str, Callable[[str, Gate], str]] = {
    "below_threshold": lambda sure, gate: sure + _below(gate),
    "audit": lambda sure, gate: (
        f"{sure}, which would do; this one is in the {share(gate.audit_share)} audited all the same"
    ),
    "always_review": lambda sure, _: f"{sure}, which would do",
    "review_if": lambda sure, _: f"{sure}, which would do",
    "confident": lambda sure, _: sure,
    "ask_always": lambda *_: "to be asked whatever the gate would say",
}
