"""How simulated people mark a text: they miss spans, shift borders, mix up labels and invent."""

from collections.abc import Iterable

from sentuh.demo.chance import chance, pick
from sentuh.demo.mending import overlooks
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, SpansQuestion, as_answer, spans_of

SHIFT_MAX = 3
CHARACTERS_MAX = 12
INVENTED_MAX = 3
"""Most spans that somebody makes up who does not read."""


def _answer(accuracy: float | None, about: About, truth: Answer, question: SpansQuestion) -> Answer:
    if accuracy is None:
        return _guess(question, ("spam", *about))
    wrong = 1 - accuracy
    marked = [
        _seen(span, wrong, (*about, place), question)
        for place, span in enumerate(spans_of(truth))
        if chance("finds", *about, place) < accuracy
    ]
    if chance("invents", *about) < wrong / 2:
        marked += _made_up(question, about, 1)
    return as_answer(_apart(marked, question))


def _seen(span: Span, wrong: float, about: About, question: SpansQuestion) -> Span:
    """Return a span as somebody marks it who errs this often on each border and on its label."""
    start, end, label = span
    if chance("start", *about) < wrong:
        start = max(0, start + _shift(about))
    if chance("end", *about) < wrong:
        end = min(_length(question), end + _shift(("end", *about)))
    others = tuple(other for other in question.labels if other != label)
    if others and chance("label", *about) < wrong / 3:
        label = pick(others, "other", *about)
    return Span(start, end, label) if start < end else span


def _shift(about: About) -> int:
    return int(chance("shift", *about) * (2 * SHIFT_MAX + 1)) - SHIFT_MAX


def _mended(draft: Answer, own: Answer, about: About, question: SpansQuestion) -> Answer:
    """Return the draft as somebody mends it who would have marked `own`, and overlooks errors.

    A span that they would not mark may stay as it is, and one that the draft lacks may stay away.
    """
    drafted, mine = spans_of(draft), spans_of(own)
    kept = [span for span in drafted if span in mine or overlooks(*about, *span)]
    added = [
        span
        for span in mine
        if not _meets(span, kept) and (_meets(span, drafted) or not overlooks(*about, *span))
    ]
    return as_answer(_apart([*kept, *added], question))


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _guess(question: SpansQuestion, about: About) -> Answer:
    count = int(chance("how many", *about) * (INVENTED_MAX + 1))
    return as_answer(_apart(_made_up(question, about, count), question))


def _made_up(question: SpansQuestion, about: About, count: int) -> list[Span]:
    length, spans = _length(question), []
    for number in range(count if length else 0):
        start = int(chance("where", *about, number) * length)
        long = 1 + int(chance("how long", *about, number) * CHARACTERS_MAX)
        label = pick(question.labels, "which", *about, number)
        spans.append(Span(start, min(length, start + long), label))
    return spans


def _length(question: SpansQuestion) -> int:
    return question.length or 0


def _apart(spans: Iterable[Span], question: SpansQuestion) -> list[Span]:
    """Return the spans without those that may not overlap one before them."""
    ends: dict[tuple[str, ...], int] = {}
    kept = []
    for span in sorted(spans):
        layer = next(labels for labels in question.layers if span.label in labels)
        if span.start >= ends.get(layer, 0):
            ends[layer] = span.end
            kept.append(span)
    return kept


PEOPLE = AnsweringPeople[SpansQuestion, Answer](_answer, _guess, _mended)
"""How people mark a text."""
