"""Forty short messages with names and places to mark, and what a model marked in them."""

from pydantic import JsonValue

from sentuh.demo.chance import chance, pick
from sentuh.demo.kinds.terms import Material, Measured, an_output
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

TASK_TYPE = "names-in-text"
PEOPLE = ("Dewi Lestari", "Tom Barker", "Siti Rahma", "Ana Costa", "Budi Santoso", "Ruth Klein")
PLACES = ("Bandung", "Leeds", "Jalan Melati", "the old harbour", "Porto", "Kota Tua", "Hill Street")
MISSES, SHIFTS, MISLABELS = 0.25, 0.2, 0.1
"""How often the model misses a span, cuts its end short, or gives it another label."""
LABELS = ("name", "place")
PATTERNS = (
    (("name", " took the bus from "), ("place", " to "), ("place", ".")),
    (("name", " and "), ("name", " met at "), ("place", " to talk about the move.")),
    (
        ("place", " is where "),
        ("name", " lives now, and "),
        ("name", " came from "),
        ("place", "."),
    ),
)
"""What stands in a message: an entity of this label, and the words that follow it."""
_AMONG = {"name": PEOPLE, "place": PLACES}


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return so many messages with the model's spans."""
    return [_output(seed, at) for at in range(count)]


def _output(seed: int, at: int) -> ModelOutput:
    about = ("entities", seed, at)
    text, truth = "", []
    for place, (label, words) in enumerate(PATTERNS[at % len(PATTERNS)]):
        # Two of one label differ in a message: each is drawn from another half of the list.
        entity = pick(_AMONG[label][place % 2 :: 2], "entity", *about, place)
        truth.append(_span(len(text), len(text) + len(entity), label))
        text += entity + words
    marked = [found for place, span in enumerate(truth) if (found := _seen(span, *about, place))]
    response: dict[str, JsonValue] = {"text": text, "answer": list(marked)}
    made = an_output(TASK_TYPE, f"entities-{seed}-{at:02}", response)
    return made(list(truth), list(marked))


def _seen(span: dict[str, JsonValue], *about: str | int) -> dict[str, JsonValue] | None:
    """Return a span as the model marks it; None where it misses it."""
    if chance("misses", *about) < MISSES:
        return None
    seen = dict(span)
    if chance("shifts", *about) < SHIFTS:
        seen["end"] = int(str(span["end"])) - 2
    if chance("mislabels", *about) < MISLABELS:
        seen["label"] = pick(tuple(one for one in LABELS if one != span["label"]), *about)
    return seen


def _span(start: int, end: int, label: str) -> dict[str, JsonValue]:
    return {"start": start, "end": end, "label": label}


def f1(answer: Answer, truth: Answer) -> Measured:
    """Return twice the spans that are exactly right, of all spans of answer and truth together.

    Summed over texts their quotient is the F1 score (van Rijsbergen, 1979), over all spans at once.
    """
    marked, right = _spans(answer), _spans(truth)
    return Measured(2 * len(marked & right), len(marked) + len(right))


def _spans(answer: Answer) -> set[tuple[str, ...]]:
    spans = answer if isinstance(answer, list) else []
    return {
        tuple(str(span.get(name)) for name in ("start", "end", "label"))
        for span in spans
        if isinstance(span, dict)
    }


MATERIAL = Material(outputs, f1, "F1 of spans")
