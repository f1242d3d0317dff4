"""The format `hf.question-answering`: an answer cut out of a text, by a Hugging Face pipeline.

`{"score", "start", "end", "answer"}`. The text is the answer, and its score the confidence;
question and context are never in the output, so they come as request and context. A list of one is
read. One of several may hold the best answers to one question (`top_k`), or answers to several
questions: refused. An empty answer stands for "there is none in the text": there is nothing to ask
about.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

_KEYS = {"score", "start", "end", "answer"}


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an answer with its place and score, or a list of such answers."""
    rows = payload if isinstance(payload, list) else [payload]
    return bool(rows) and all(isinstance(row, dict) and row.keys() == _KEYS for row in rows)


def read(envelope: Envelope) -> Output:
    """Return the answer as the text, with its score as confidence.

    Raises Refused for several answers, an empty one, and for a score that is no probability.
    """
    payload, at = envelope.payload, "$"
    if isinstance(payload, list):
        if len(payload) != 1:
            fix = "send one answer: the best of one question, each question in a record of its own"
            raise read_as.bad(f"$: {fix}")
        payload, at = payload[0], "$[0]"
    row = read_as.an_object(payload, at)
    text = _text(row, at)
    score = read_as.a_score(row.get("score"), f"{at}.score")
    scored = read_as.classified([("answer", score)], lambda _: f"{at}.score")
    facts = PayloadFacts(confidence=scored.confidence, text=text)
    return read_as.output("hf.question-answering", envelope, facts)


def _text(row: JsonObject, at: str) -> str:
    text = row.get("answer")
    if isinstance(text, str) and not text.strip():
        fix = "the model found no answer in the text, so there is nothing to ask about"
        raise Refused(Reason.EMPTY_PAYLOAD, f"{at}.answer: {fix}: leave it out")
    return read_as.a_text(text, f"{at}.answer")


FORMAT = Format(
    "hf.question-answering",
    recognises,
    read,
    marks=("answer",),
    lists=True,
    item_marks=("answer",),
    programs="Hugging Face question answering; question and text are request and context",
    confidence="`score`",
    without=read_as.REFUSED,
    example={"score": 0.44, "start": 3, "end": 8, "answer": "Paris"},
)
