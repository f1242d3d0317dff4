"""The format `hf.token-classification`: entities in a text, as Hugging Face pipelines return them.

`[{"entity_group", "score", "word", "start", "end"}, ...]`, or without an aggregation strategy
`entity` with the token's number `index`: then tokens that belong together are joined, by `B-` and
`I-` and their order. The answer is a list of spans, each with the label without `B-` or `I-`. The
text is never in the output: it comes as the request, in which the offsets count code points.
Confidence is the lowest score, for an answer is as good as its worst span; of what was overlooked
nothing says how sure the model was. Without offsets, as of a tokeniser that is not fast, or
Transformers.js, nobody can mark anything: refused. Nested once for a single text is read, as is one
entity alone; nested for several is a batch and refused. An empty list, where the format is
declared, is an answer without spans: nothing was found, and nothing says how sure the model was.
"""

from typing import NamedTuple

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

NAME = "hf.token-classification"
ENTITIES_MAX = 2_000
_NAMES = ("entity_group", "entity")
_TAGS = frozenset(_NAMES)


class Entity(NamedTuple):
    """An entity, or a token of one: `text[start:end]`, its tag, score and token number."""

    start: int
    end: int
    label: str
    score: float
    number: int | None
    is_first: bool


def recognises(payload: JsonValue) -> bool:
    """Return whether these are entities: objects with a tag, a word and a score."""
    rows = _rows(payload)
    if rows and isinstance(rows[0], list):
        return all(isinstance(row, list) and _are_entities(row) for row in rows) and any(rows)
    return bool(rows) and _are_entities(rows)


def read(envelope: Envelope) -> Output:
    """Return the spans as the answer, with the lowest score of them as confidence.

    Raises Refused for a batch, without the text that the entities are in, and for entities without
    offsets, beyond the text, or not valid.
    """
    rows, at = _rows(envelope.payload), "$"
    if rows and isinstance(rows[0], list):
        if len(rows) > 1:
            raise read_as.bad("the list is a batch: send each output in a record of its own")
        rows, at = rows[0], "$[0]"
    if len(rows) > ENTITIES_MAX or not isinstance(envelope.payload, (list, dict)):
        raise read_as.bad(f"{at}: send a list of at most {ENTITIES_MAX:,} entities")
    text = envelope.request
    if text is None:
        fix = "request: offsets are of a text: send it as the request in our envelope"
        raise Refused(Reason.MISSING, fix)
    entities = [
        _entity(read_as.an_object(row, f"{at}[{n}]"), f"{at}[{n}]", len(text))
        for n, row in enumerate(rows)
    ]
    if not entities:
        nothing = PayloadFacts(read_as.absent("not_stated", at, "nothing was found"), answer=[])
        return read_as.output(NAME, envelope, nothing)
    spans = _joined(sorted(entities), text)
    lowest = min(range(len(entities)), key=lambda n: entities[n].score)
    path = f"{at}[{lowest}].score"
    facts = read_as.classified([("lowest", entities[lowest].score)], lambda _: path)
    return read_as.output(
        NAME,
        envelope,
        PayloadFacts(
            confidence=facts.confidence,
            answer=[{"start": one.start, "end": one.end, "label": one.label} for one in spans],
        ),
    )


def _rows(payload: JsonValue) -> list[JsonValue]:
    if isinstance(payload, list):
        return payload
    return [payload] if isinstance(payload, dict) else []


def _are_entities(rows: list[JsonValue]) -> bool:
    return all(
        isinstance(row, dict)
        and row.keys() >= {"word", "score"}
        and not set(_NAMES).isdisjoint(row)
        for row in rows
    )


def _entity(row: JsonObject, where: str, length: int) -> Entity:
    name = next((name for name in _NAMES if name in row), "entity_group")
    tag = read_as.a_label(row.get(name), f"{where}.{name}")
    start, end = (_offset(row.get(side), f"{where}.{side}") for side in ("start", "end"))
    if not start < end <= length:
        fix = "it is no piece of the request: send the text that the model was given"
        raise read_as.bad(f"{where}.end: {fix}")
    index = row.get("index")
    plain = tag.removeprefix("B-").removeprefix("I-")
    return Entity(
        start,
        end,
        label=plain or tag,
        score=read_as.a_score(row.get("score"), f"{where}.score"),
        number=index if type(index) is int else None,
        is_first=name == "entity_group" or tag.startswith("B-"),
    )


def _offset(value: JsonValue, where: str) -> int:
    if type(value) is int and value >= 0:
        return value
    if value is None:
        fix = "there are no offsets: use a fast tokeniser, of the Python library, and send them"
        raise read_as.bad(f"{where}: {fix}")
    raise read_as.bad(f"{where}: send a whole number from 0")


def _joined(entities: list[Entity], text: str) -> list[Entity]:
    """Return entities with the tokens joined that go on with the one before.

    Example: `B-PER` Ann, `I-PER` Lee, with their numbers 4 and 5, are one entity of Ann Lee.
    """
    spans: list[Entity] = []
    for entity in entities:
        last = spans[-1] if spans else None
        if last is not None and _goes_on(last, entity, text):
            spans[-1] = last._replace(end=max(last.end, entity.end), number=entity.number)
        else:
            spans.append(entity)
    return spans


def _goes_on(last: Entity, entity: Entity, text: str) -> bool:
    if entity.label != last.label:
        return False
    inside_word = entity.start == last.end and text[entity.start - 1 : entity.start + 1].isalnum()
    if entity.number is None or last.number is None:
        return not entity.is_first and not text[last.end : entity.start].strip()
    beside = entity.number == last.number + 1
    return beside and (not entity.is_first or inside_word)


FORMAT = Format(
    NAME,
    recognises,
    read,
    marks=_NAMES,
    lists=True,
    item_marks=_NAMES,
    programs="Hugging Face token classification; the text is the request",
    confidence="the lowest score",
    without=read_as.REFUSED,
    example=[{"entity_group": "ORG", "score": 0.71, "word": "Acme", "start": 10, "end": 14}],
)
