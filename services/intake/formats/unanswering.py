"""Recognises text that is no answer: a tool call or thinking that nobody parsed, or a loop."""

import re

from shared.contracts.events.doubts import Doubt

_TAGS = re.compile(
    r"<\||<\uff5c|</?(?:[a-z]+:)?(?:tool_?calls?|tool_?use|tool_?response|tools?|function_?calls?"
    r"|function|invoke|parameter|channel|scratchpad|reason|reasoning|reflection|observation)[\s>=|/]"
    r"|</?[a-z_]{0,20}:?(?:think|thought|tool_?call|tool_?code|function_?call)[a-z_]{0,12}[\s>=|/]"
    r"|<details type=\"reasoning",
    re.IGNORECASE,
)
"""Tags of tool calls and thinking, and the tokens `<|...|>` with which models mark their turns.

Open WebUI folds thinking into `<details type="reasoning">`.
"""
_IN_BRACKETS = ("[TOOL_CALLS]", "[TOOL_REQUEST]", "[THINK]", "[/THINK]")
_CHANNELS = ("analysis", "commentary")
_TAIL = 8_000
_AGAIN = 12
_ROUNDS_MIN = 4
_LOOP_MIN = 40
_PLACES_MAX = 8


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
    if _has_signs(text) or _is_channel(text):
        return "not_an_answer"
    if '":' in text and _is_call(text):
        return "not_an_answer"
    return "repeats" if goes_round(text) else None


def _has_signs(text: str) -> bool:
    """Whether the text has other signs of a call or of thinking.

    They are those of agents, of tags that were escaped, and of Ollama's terminal.
    """
    # Single characters first: looking for one takes a fraction of the time.
    return (
        ("`" in text and "```tool_c" in text)
        or ("&" in text and "&lt;think" in text)
        or ("=" in text and " to=functions." in text)
        or (not text.isascii() and ("think\u25b7" in text or "\uff1cthink" in text))
        or ("\n" in text and _is_of_agent(text))
    )


def _is_of_agent(text: str) -> bool:
    if "\nAction" in text and ("\nAction Input:" in text or "Thought:" in text):
        return True
    return text.startswith("Thinking...") and "\n...done thinking." in text


def _is_call(text: str) -> bool:
    """Whether the text holds a call as JSON: the name of a function beside its arguments."""
    if '"name"' in text and '"parameters"' in text:
        return True
    named = '"name"' in text or '"function"' in text or '"tool"' in text
    return '"action_input"' in text or (named and '"arguments"' in text)


def _is_python(text: str) -> bool:
    """Whether the text is a call as some models write it: `[hours(day="Monday")]`."""
    return text.startswith("[") and text.endswith(")]")


def _is_channel(text: str) -> bool:
    """Whether the text begins with a channel's name, whose marks were left out: `analysisWe`."""
    if not text.startswith(_CHANNELS):
        return False
    after = text.lstrip("abcdefghijklmnopqrstuvwxyz")
    return after[:1].isupper() or "assistantfinal" in text


def goes_round(text: str) -> bool:
    """Return whether the text ends in one piece at least four times over, of 40 characters or more.

    Example: `no no no no no no no no no no no no no no no`.
    """
    tail = text.rstrip()[-_TAIL:]
    end, again = tail[-_AGAIN:], len(tail) - _AGAIN
    # The end may be in the piece itself, too, so the nearest place of it need not be a whole piece.
    for _ in range(_PLACES_MAX):
        again = tail.rfind(end, 0, max(again, 0) + _AGAIN - 1)
        if again < 0:
            return False
        piece = len(tail) - _AGAIN - again
        whole = max(_ROUNDS_MIN * piece, _LOOP_MIN)
        if whole > len(tail):
            return False
        if tail[-whole:-piece] == tail[-whole + piece :]:
            return True
    return False
