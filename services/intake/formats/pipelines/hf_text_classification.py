"""The format `hf.text-classification`: labels with scores, as Hugging Face pipelines return them.

Pipelines that classify images or audio return the same; which it was, the task type says.

`[{"label", "score"}, ...]` in any order, one such pair alone, or nested once for a single input;
and what the zero-shot pipeline returns, `{"sequence", "labels", "scores"}`, whose sequence is shown
where no request was sent. A list nested for several inputs is a batch and refused: each output
needs its own id and its own text to show. Scores are read as they are; one off 0..1 costs the
confidence, logits and percents are refused. Those of a sigmoid (several labels may be right), and
the best labels of several inputs in a flat list, are more than 1 together: people see the output.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

_PAIR = {"label", "score"}
_ZERO_SHOT = {"sequence", "labels", "scores"}


def recognises(payload: JsonValue) -> bool:
    """Return whether these are labels with scores and no other field, or zero-shot's.

    Entities and boxes, which other pipelines return, have more fields.
    """
    rows = _rows(payload)
    if not rows:
        return False
    if isinstance(rows[0], list):
        return all(isinstance(row, list) and _are_pairs(row) for row in rows)
    return _are_pairs(rows) or all(map(_is_zero_shot, rows))


def read(envelope: Envelope) -> Output:
    """Return the output: its best label is the answer, and that label's score the confidence.

    Raises Refused for a batch, and for labels or scores that are not valid.
    """
    rows, prefix = _rows(envelope.payload), "$"
    if rows and isinstance(rows[0], list):
        _check_single(rows)
        rows, prefix = rows[0], "$[0]"
    if rows and _is_zero_shot(rows[0]):
        _check_single(rows)
        facts = _zero_shot(read_as.an_object(rows[0], prefix))
    else:
        scored = [_scored(row, f"{prefix}[{at}]") for at, row in enumerate(rows)]
        facts = read_as.classified(scored, lambda at: f"{prefix}[{at}].score")
    return read_as.output("hf.text-classification", envelope, facts)


def _check_single(rows: list[JsonValue]) -> None:
    if len(rows) > 1:
        raise read_as.bad("the list is a batch: send each output in a record of its own")


def _rows(payload: JsonValue) -> list[JsonValue]:
    if isinstance(payload, list):
        return payload
    return [payload] if isinstance(payload, dict) else []


def _are_pairs(rows: list[JsonValue]) -> bool:
    return bool(rows) and all(isinstance(row, dict) and row.keys() == _PAIR for row in rows)


def _is_zero_shot(row: JsonValue) -> bool:
    return isinstance(row, dict) and row.keys() == _ZERO_SHOT and isinstance(row["labels"], list)


def _zero_shot(row: JsonObject) -> PayloadFacts:
    labels = read_as.a_list(row["labels"], "$.labels")
    scores = read_as.a_list(row["scores"], "$.scores")
    if len(labels) != len(scores):
        raise read_as.bad("$.scores: send as many scores as labels, in the same order")
    scored = [
        (read_as.a_label(label, f"$.labels[{at}]"), read_as.a_score(score, f"$.scores[{at}]"))
        for at, (label, score) in enumerate(zip(labels, scores, strict=True))
    ]
    facts = read_as.classified(scored, lambda at: f"$.scores[{at}]")
    sequence = row["sequence"]
    return facts._replace(request=sequence if isinstance(sequence, str) else None)


def _scored(row: JsonValue, where: str) -> tuple[str, float]:
    pair = read_as.an_object(row, where)
    if "score" not in pair:
        raise read_as.bad(f"{where}.score: send a number")
    return (
        read_as.a_label(pair.get("label"), f"{where}.label"),
        read_as.a_score(pair["score"], f"{where}.score"),
    )


FORMAT = Format(
    "hf.text-classification",
    recognises,
    read,
    marks=("label", "labels"),
    lists=True,
    item_marks=("label", "labels"),
    programs="Hugging Face classification of text, images, audio; zero-shot",
    confidence="top score; also zero-shot's `{sequence, labels, scores}`",
    without=read_as.REFUSED,
    example=[{"label": "NEGATIVE", "score": 0.62}, {"label": "POSITIVE", "score": 0.38}],
)
