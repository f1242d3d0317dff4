"""Reads conversations as data sets hold them: a text, or messages with roles."""

from pydantic import JsonValue

from services.intake.asked import text_of
from services.intake.formats import payload as read_as


def as_request(prompt: JsonValue, where: str) -> str | None:
    """Return what a model was asked as text for people; None if it is blank or missing.

    Raises Refused, naming `where` it is, for anything but a text or messages.
    """
    if prompt in (None, "", []) or (isinstance(prompt, str) and not prompt.strip()):
        return None
    if not isinstance(prompt, (str, list)):
        raise read_as.bad(f"{where}: send text, or messages with role and content")
    return text_of(prompt, None)


def as_answer(answer: JsonValue, where: str) -> str:
    """Return what a model said as text: of one message its content, of several a dialogue.

    Raises Refused, naming `where` it is, for a blank text, a message without text, and other JSON.
    """
    if isinstance(answer, list) and len(answer) == 1:
        answer = _content(answer[0], where)
    if isinstance(answer, list):
        for message in answer:
            _content(message, where)
        answer = text_of(answer, None)
    return read_as.a_text(answer, where)


def shared_turns(one: JsonValue, other: JsonValue) -> int:
    """Return with how many equal messages two conversations begin; 0 for texts."""
    if not isinstance(one, list) or not isinstance(other, list):
        return 0
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, others) in pairs if mine != others), min(len(one), len(other)))


def _content(message: JsonValue, where: str) -> str:
    """Return a message's text. Raises Refused for a message without any."""
    content = read_as.an_object(message, where).get("content")
    if isinstance(content, list):
        pieces = (piece.get("text") for piece in content if isinstance(piece, dict))
        content = "".join(piece for piece in pieces if isinstance(piece, str))
    return read_as.a_text(content, f"{where}.content")
