"""Finds, among the tokens that a server lists, those of the answer that people read."""

from collections.abc import Callable

from services.intake.formats.payload import bad
from shared.contracts.strictjson import JsonObject

_THINKING_ENDS = (
    b"</think>", b"</thinking>", b"</thought>", b"</reasoning>", b"[/THINK]", b"<|message|>",
    b"</seed:think>", b"</longcat_think>", b"<|END_THINKING|>", b"<|START_RESPONSE|>",
    b"<|inner_suffix|>", b"<channel|>", "\u25c1/think\u25b7".encode(),
)  # fmt: skip
"""What stands between the thinking and the answer of models whose server lists both."""
_BLANKS = tuple(blank.encode() for blank in "\u2581\u0120\u010a\u3000\u00a0")
"""How vocabularies write a blank or a line's end, where a server hands them through, and blanks
beyond ASCII, which some servers strip from an answer.
"""
_REPLACED = "\ufffd".encode()
"""What servers write for a token that is only some of a character's bytes."""
_REPLACES_MAX = 3
"""Most bytes that stand behind one of them: one of a character's four is missing at least."""
_MARK_BYTES_MAX = 40
_MARKS = frozenset({b"[|endofturn|]", b"[e~[", b"[EOS]", b"[EOT]"})
"""End marks of vocabularies that do not write them as `<...>`."""
_STOP_TOKENS_MAX = 64
_BYTE_TOKEN = len("<0xE2>")


def of_answer(
    tokens: list[JsonObject],
    content: str,
    *,
    where: str,
    thinking: Callable[[], str] = str,
    stop: object = None,
) -> list[JsonObject] | None:
    """Return the tokens of `content`, or None where they cannot be told from others.

    Blanks make no difference, as some servers leave them out of tokens. A token without text at the
    end is the end mark of llama.cpp's server and no token of the answer, and neither are marks such
    as `<|im_end|>` there, nor what begins with `stop`, the text at which the server stopped. Tokens
    of thinking, which some servers list before those of the answer, are left out: what comes before
    the answer must be `thinking()` or end with a mark that ends it, for the answer's words may
    stand at the end of the thinking, too. Raises Refused for a token that is no text, naming
    `where` they are.
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
        raise bad(f"{where}[*].token: send text") from None
    pieces = _pieces(tokens, stop)
    answer = _squeezed(content.encode(errors="replace"))
    joined = b"".join(pieces)
    while pieces and not joined.endswith(answer) and _is_mark(pieces[-1]):
        joined = joined[: len(joined) - len(pieces.pop())]
    if joined == answer or _is_but_for_replaced(joined, answer):
        return tokens[: len(pieces)]
    if not joined.endswith(answer):
        return None
    first = _first_from(pieces, len(joined) - len(answer))
    if first is None or not _is_thinking(pieces[:first], thinking()):
        return None
    return tokens[first : len(pieces)]


def _pieces(tokens: list[JsonObject], stop: object) -> list[bytes]:
    """Return the tokens' bytes without blanks, up to where the server stopped."""
    raw = [_bytes(token) for token in tokens]
    if isinstance(stop, str) and stop:
        raw = _before_stop(raw, stop.encode(errors="replace"))
    return [_squeezed(piece) for piece in raw]


def _bytes(token: JsonObject) -> bytes:
    """Return the token's own bytes, which may be some of a character's, or else its text's."""
    listed = token.get("bytes")
    if isinstance(listed, list) and listed:
        numbers = [byte for byte in listed if isinstance(byte, int) and 0 <= byte <= 255]
        if len(numbers) == len(listed):
            return bytes(numbers)
    text = str(token["token"])
    if len(text) == _BYTE_TOKEN and text.startswith("<0x") and text.endswith(">"):
        try:
            return bytes.fromhex(text[3:5])
        except ValueError:
            pass
    return text.encode(errors="replace")


def _before_stop(raw: list[bytes], stop: bytes) -> list[bytes]:
    """Return the tokens before the text at which the server stopped, the last of them cut there.

    Example: `day`, `s.##`, `#` and the stop `###` give `day`, `s.`.
    """
    tail = b""
    for at in range(len(raw) - 1, max(len(raw) - _STOP_TOKENS_MAX, 0) - 1, -1):
        tail = raw[at] + tail
        found = tail.rfind(stop)
        if found >= 0:
            return [*raw[:at], tail[:found]] if found else raw[:at]
    return raw


def _squeezed(text: bytes) -> bytes:
    if not text.isascii():
        for blank in _BLANKS:
            text = text.replace(blank, b"")
    return b"".join(text.split())


def _is_mark(piece: bytes) -> bool:
    if not piece or piece in _MARKS:
        return True
    return len(piece) <= _MARK_BYTES_MAX and piece.startswith(b"<") and piece.endswith(b">")


def _is_thinking(before: list[bytes], thinking: str) -> bool:
    """Whether these tokens end with a mark that ends thinking, or with the thinking and marks."""
    if b"".join(before).endswith(_THINKING_ENDS):
        return True
    thought = _squeezed(thinking.encode(errors="replace"))
    end = len(before)
    while end and _is_mark(before[end - 1]):
        end -= 1
    return bool(thought) and b"".join(before[:end]).endswith(thought)


def _first_from(pieces: list[bytes], start: int) -> int | None:
    """Return the number of the token that begins at that byte; None if none does."""
    at = 0
    for number, piece in enumerate(pieces):
        if at == start and piece:
            return number
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
    at, replaced = len(first), 0
    for number, part in enumerate(rest):
        replaced += 1
        is_last = number == len(rest) - 1
        if not part and not is_last:
            continue
        end = len(answer) - len(part) if is_last else _found(answer, part, at, replaced)
        gap = answer[at:end]
        few = replaced <= len(gap) <= replaced * _REPLACES_MAX
        if not few or min(gap) < 128 or (is_last and not answer.endswith(part)):
            return False
        at, replaced = end + len(part), 0
    return True


def _found(answer: bytes, part: bytes, at: int, replaced: int) -> int:
    """Return where `part` comes next, with room before it for what was replaced; -1 if nowhere."""
    return answer.find(part, at + replaced, at + replaced * _REPLACES_MAX + len(part))
