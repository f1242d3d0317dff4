"""Finds what a program says beside its output of something that failed, was blocked or goes on."""

from pydantic import JsonValue

from services.intake.formats import payload as read_as
from shared.contracts.events.parts import Output

_IF_TRUE = frozenset({
    "truncated", "incomplete", "interrupted", "aborted", "cancelled", "blocked", "filtered",
    "timed_out", "partial", "is_partial", "isPartial", "interim",
})  # fmt: skip
_IF_FALSE = frozenset({
    "done", "finished", "is_finished", "complete", "completed", "is_final", "isFinal", "success",
})  # fmt: skip
_IF_THERE = frozenset({"error", "errors", "incomplete_details", "incompleteDetails"})
_MARKS = _IF_TRUE | _IF_FALSE | _IF_THERE


def checked(read: Output, payload: JsonValue) -> Output:
    """Return the output, without its confidence where the payload says that it is not whole.

    Servers write `error` beside what they have so far; a class of that name has a number.
    Example: `{"predictions": [{"cat": 0.9, "dog": 0.1}], "error": "timed out"}` is `unfinished`.
    """
    if read.confidence.status != "ok" or not isinstance(payload, dict):
        return read
    if _MARKS.isdisjoint(payload):
        return read
    for name in sorted(payload.keys() & _MARKS):
        value = payload[name]
        if (
            (name in _IF_TRUE and value is True)
            or (name in _IF_FALSE and value is False)
            or (name in _IF_THERE and value and not isinstance(value, (int, float)))
        ):
            doubt = read_as.absent("unfinished", f"$.{name}")
            return read.model_copy(update={"confidence": doubt})
    return read
