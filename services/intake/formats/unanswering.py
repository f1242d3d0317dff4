"""Recognises text that is no answer: a tool call or thinking that nobody parsed, or a loop."""

import re

from shared.contracts.events.parts import Doubt

_TAGS = re.compile(
    r"<\||<\uff5c|</?(?:[a-z]+:)?(?:tool_?calls?|tool_?use|tool_?response|tools?|function_?calls?"
    r"|function|invoke|parameter|think|thinking|thought|reasoning|scratchpad|channel)[\s>=|]",
    re.IGNORECASE,
)
"""Tags of tool calls and thinking, and the tokens `<|...|>` with which models mark their turns."""
_IN_BRACKETS = ("[TOOL_CALLS]", "[TOOL_REQUEST]", "[THINK]", "[/THINK]")
_TAIL = 2_000
_AGAIN = 12
_ROUNDS_MIN = 4
_LOOP_MIN = 40


def doubt_of(text: str) -> Doubt | None:
    """Return why the text of a model's answer is none that may stand unseen, or None.

    A person may well find it a good answer, for one can write of tags and of tools; so this decides
    only that a person looks at it.
    Example: `<tool_call>{"name": "hours"}</tool_call>` is `not_an_answer`.
    """
    if "<" in text and _TAGS.search(text):
        return "not_an_answer"
    if "[" in text and (any(word in text for word in _IN_BRACKETS) or _is_python(text.strip())):
        return "not_an_answer"
    if "```tool_c" in text or "think\u25b7" in text or "\nAction Input:" in text:
        return "not_an_answer"
    if '"name"' in text and ('"arguments"' in text or '"parameters"' in text):
        return "not_an_answer"
    return "repeats" if _goes_round(text.rstrip()[-_TAIL:]) else None


def _is_python(text: str) -> bool:
    """Whether the text is a call as some models write it: `[hours(day="Monday")]`."""
    return text.startswith("[") and text.endswith(")]")


def _goes_round(tail: str) -> bool:
    """Whether the text ends in one piece at least four times over, of 40 characters together."""
    if len(tail) < _LOOP_MIN:
        return False
    again = tail.rfind(tail[-_AGAIN:], 0, -1)
    if again < 0:
        return False
    piece = len(tail) - _AGAIN - again
    whole = max(_ROUNDS_MIN * piece, _LOOP_MIN)
    return whole <= len(tail) and tail[-whole:-piece] == tail[-whole + piece :]
