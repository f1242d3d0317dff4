"""The format `hf.text-classification`: labels with scores, as Hugging Face pipelines return them.

`[{"label", "score"}, ...]` in any order, one such pair alone, or nested once for a single input.
A list nested for several inputs is a batch and refused: each output needs its own id and its own
text to show. Scores are read as they are, softmax or sigmoid; logits are refused.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Output, Scored

_PAIR = {"label", "score"}


def recognises(payload: JsonValue) -> bool:
    """Return whether these are labels with scores and no other field.

    Entities and boxes, which other pipelines return, have more fields.
    """
    rows = _rows(payload)
    if rows and isinstance(rows[0], list):
        return all(isinstance(row, list) and _are_pairs(row) for row in rows)
    return _are_pairs(rows)


def read(envelope: Envelope) -> Output:
    """Return the output: its best label is the answer, and that label's score the confidence.

    Raises Refused for a batch, and for labels or scores that are not valid.
    """
    rows, prefix = _rows(envelope.payload), "$"
    if rows and isinstance(rows[0], list):
        if len(rows) > 1:
            raise read_as.bad("the list is a batch: send each output in a record of its own")
        rows, prefix = rows[0], "$[0]"
    labels = [_scored(row, f"{prefix}[{at}]") for at, row in enumerate(rows)]
    facts = read_as.classified(labels, lambda at: f"{prefix}[{at}].score")
    return read_as.output("hf.text-classification", envelope, facts)


def _rows(payload: JsonValue) -> list[JsonValue]:
    if isinstance(payload, list):
        return payload
    return [payload] if isinstance(payload, dict) else []


def _are_pairs(rows: list[JsonValue]) -> bool:
    return bool(rows) and all(isinstance(row, dict) and row.keys() == _PAIR for row in rows)


def _scored(row: JsonValue, where: str) -> Scored:
    pair = read_as.an_object(row, where)
    return Scored(
        label=read_as.a_label(pair.get("label"), f"{where}.label"),
        score=read_as.a_probability(pair.get("score"), f"{where}.score"),
    )


FORMAT = Format("hf.text-classification", recognises, read)
