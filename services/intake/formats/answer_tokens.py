"""Finds, among the tokens that a server lists, those of the answer that people read."""

from collections.abc import Callable

from services.intake.formats.payload import bad
from shared.contracts.strictjson import JsonObject

_THINKING_ENDS = (
    b"</think>", b"</thinking>", b"</thought>", b"</reasoning>", b"[/THINK]", b"<|message|>",
    "\u25c1/think\u25b7".encode(),
)  # fmt: skip
"""What stands between the thinking and the answer of models whose server lists both."""
_SPELLINGS = (("\u2581", " "), ("\u0120", " "), ("\u010a", "\n"))
"""How vocabularies write a blank or a line's end, where a server hands them through."""
_REPLACED = "\ufffd".encode()
"""What servers write for a token that is only some of a character's bytes."""
_MARK_BYTES_MAX = 40


def of_answer(
    tokens: list[JsonObject], content: str, *, thinking: Callable[[], str]
) -> list[JsonObject] | None:
    """Return the tokens of `content`, or None where they cannot be told from others.

    Blanks make no difference, as some servers leave them out of tokens. A token without text at the
    end is the end mark of llama.cpp's server and no token of the answer, and neither are marks such
    as `<|im_end|>` there. Tokens of thinking, which some servers list before those of the answer,
    are left out: what comes before the answer must be `thinking()` or end with a mark that ends it,
    for the answer's words may stand at the end of the thinking, too. Raises Refused for a token
    that is not an object's text.
    Example: tokens `<think>`, `so`, `</think>`, `Yes` and the content `Yes`: the last one.
    """
    end = len(tokens)
    while end and tokens[end - 1].get("token") == "" and not tokens[end - 1].get("bytes"):
        end -= 1
    tokens = tokens[:end]
    texts = [token.get("token") for token in tokens]
    try:
        if "".join(texts) == content:  # type: ignore[arg-type]
            return tokens
    except TypeError:
        raise bad("$.choices[0].logprobs.content[*].token: send text") from None
    pieces = [_squeezed(_bytes(token)) for token in tokens]
    answer = _squeezed(content.encode(errors="replace"))
    joined = b"".join(pieces)
    while pieces and not joined.endswith(answer) and _is_mark(pieces[-1]):
        joined = joined[: len(joined) - len(pieces.pop())]
    if joined == answer or _is_but_for_replaced(joined, answer):
        return tokens[: len(pieces)]
    before = joined.removesuffix(answer)
    if len(before) == len(joined) or not _is_thinking(before, thinking()):
        return None
    return _from_byte(tokens[: len(pieces)], pieces, len(before))


def _bytes(token: JsonObject) -> bytes:
    """Return the token's own bytes, which may be some of a character's, or else its text's."""
    listed = token.get("bytes")
    if isinstance(listed, list) and listed:
        numbers = [byte for byte in listed if isinstance(byte, int) and 0 <= byte <= 255]
        if len(numbers) == len(listed):
            return bytes(numbers)
    text = str(token["token"])
    for written, meant in _SPELLINGS:
        text = text.replace(written, meant)
    return text.encode(errors="replace")


def _squeezed(text: bytes) -> bytes:
    return b"".join(text.split())


def _is_mark(piece: bytes) -> bool:
    if not piece:
        return True
    return len(piece) <= _MARK_BYTES_MAX and piece.startswith(b"<") and piece.endswith(b">")


def _is_thinking(before: bytes, thinking: str) -> bool:
    thought = _squeezed(thinking.encode(errors="replace"))
    return before.endswith(_THINKING_ENDS) or (bool(thought) and before.endswith(thought))


def _from_byte(
    tokens: list[JsonObject], pieces: list[bytes], start: int
) -> list[JsonObject] | None:
    """Return the tokens from that byte on; None if none begins there."""
    at = 0
    for number, piece in enumerate(pieces):
        if at == start and piece:
            return tokens[number:]
        at += len(piece)
    return None


def _is_but_for_replaced(joined: bytes, answer: bytes) -> bool:
    """Whether the texts are equal where no character was replaced; it stands for others than ASCII.

    Example: `caf` and a replaced character are `caf\u00e9` in this sense.
    """
    if _REPLACED not in joined:
        return False
    first, *rest = joined.split(_REPLACED)
    if not answer.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = answer.find(part, at + 1) if part else at
        if found < 0 or min(answer[at:found], default=128) < 128:
            return False
        at = found + len(part)
    last = rest[-1]
    gap = answer[at : len(answer) - len(last)]
    return bool(gap) and min(gap) >= 128 and answer.endswith(last)
