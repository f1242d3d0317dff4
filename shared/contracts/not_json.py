"""Says why a value is no JSON, in words that name what to mend in the program that wrote it."""

import json
import re

from shared.contracts.framing import is_wide

_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"BZh", b"\x82SNAPPY")
"""How gzip, Zstandard, LZ4, bzip2 and framed Snappy begin."""
_FIX = "write it with a JSON library"
_AT_FAULT = (
    (("\ufeff",), "a byte order mark stands within it: send each text without one"),
    (("NaN", "nan", "Inf", "inf", "-Inf", "-inf"), "NaN and Infinity are no JSON: send null"),
    (("True", "False", "None", "'"), f"it is written as Python prints it: {_FIX}"),
    (("//", "/*", "#"), "a comment stands within it: JSON has none, leave it out"),
    (("}", "]"), "a comma stands before a closing bracket: leave it out"),
    (("<",), "it is markup, not JSON: send JSON text"),
)
"""What stands where a parser stopped, and what that says about who wrote it."""
_TEXT_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity', re.DOTALL)
"""A text, which is stepped over, or a number that Python writes and JSON lacks."""


def why_not_json(raw: bytes) -> str:
    """Return why these bytes are no JSON that is taken here, and the fix, in one sentence.

    Nothing of the value is repeated, only places in it, as characters counted from 1. Example:
    `{"a": NaN}` gives "NaN and Infinity are no JSON, as at character 7: ...".
    """
    if not raw.strip(b" \t\r\n\x00"):
        return "it is empty: send JSON text"
    if raw.startswith(_COMPRESSED):
        return "it is compressed: leave that to the producer's compression.type"
    if is_wide(raw):
        return "it is in UTF-16 or UTF-32: send UTF-8"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start} is no UTF-8: {_cut_or_other(error, raw)}"
    return _why(text)


def _cut_or_other(error: UnicodeDecodeError, raw: bytes) -> str:
    if error.end == len(raw) and error.reason == "unexpected end of data":
        return "it ends in the middle of a character: send the whole text"
    return "send UTF-8, no Latin-1 and no binary data"


def _why(text: str) -> str:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return _of_syntax(error, text)
    except OverflowError:
        return _of_constant(text)
    except ValueError:
        return "a number has too many digits: send fewer"
    # A parser takes what comes here, so that only what is stricter than JSON is left to name.
    if "\\u" in text and not _is_whole(text):
        return (
            "half of a surrogate pair (\\ud800 to \\udfff) stands alone: send the character whole"
        )
    return "a number is beyond every float: send a smaller one"


def _of_constant(text: str) -> str:
    """Return where the first NaN or Infinity stands outside of texts, and the fix."""
    places = (one.start() for one in _TEXT_OR_CONSTANT.finditer(text) if one[0][0] != '"')
    at = next(places, 0) + 1
    fix = "send null, or leave the number out"
    return f"NaN and Infinity are no JSON, as at character {at}: {fix}"


def _of_syntax(error: json.JSONDecodeError, text: str) -> str:
    """Return why a parser stopped, by its message and by what stands there."""
    rest = text[error.pos :]
    if error.msg.startswith("Unterminated") or not rest.strip():
        return "it ends in the middle: it was cut off, send the whole text"
    if error.msg.startswith("Extra data") and not rest.startswith("\ufeff"):
        several = "send one record for each" if rest[0] in "{[" else "leave it out"
        return f"more text follows the JSON value: {several}"
    if error.msg.startswith("Invalid control character"):
        return f"a line break or control character stands bare in a text: {_FIX}"
    if error.msg.startswith("Invalid \\"):
        return f"a backslash stands before a character that needs none: {_FIX}"
    for beginnings, why in _AT_FAULT:
        if rest.startswith(beginnings):
            return why
    return f"it is no JSON from character {error.pos + 1} on: {_FIX}"


def _is_whole(text: str) -> bool:
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> float:
    raise OverflowError(name)
