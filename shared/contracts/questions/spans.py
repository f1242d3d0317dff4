"""The kind `spans`: mark pieces of a text. An answer is a list of spans, each with a label.

A span is `{"start": 3, "end": 9, "label": "name"}`: it begins with the code point `start`, counted
from 0, and ends before the code point `end`. JavaScript counts UTF-16 units instead: there
`[...text]` is the text by code points.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import Field

from shared.contracts.errors import Reason, Refused
from shared.contracts.labels import look, nfc
from shared.contracts.options import OptionLabel, by_form
from shared.contracts.part import BorderPart, Part, Probability
from shared.contracts.question import Answer, Fault, InToken, Kind, Move, QuestionRow

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

LABELS_MAX = 50
SPANS_MAX = 2_000
CHARACTERS_MAX = 20_000
"""Of a text to mark, in code points."""
NO_SPAN = 'send it as {"start": 0, "end": 4, "label": "..."}, and nothing else'
NO_LIST = (
    'answer with a list of spans: [{"start": 0, "end": 4, "label": "..."}];'
    " [] where nothing is to mark"
)

EMPTY = "it is empty; send an end above its start, or leave it out"
INVERTED = "its end is below its start; send the lower one as start"


def _is_absent(value: object) -> bool:
    return value is None


class Span(NamedTuple):
    """A marked piece of a text: from the code point `start` up to, and without, `end`."""

    start: int
    end: int
    label: str


class AnsweredSpan(BorderPart):
    """A span as an answer has it; it describes answers in schemas."""

    start: int
    end: int
    label: str


class SureSpan(Part):
    """A span of a verdict, and the probability that it is to be marked so."""

    start: int
    end: int
    label: str
    probability: Probability


class SpansDetail(Part):
    """What a verdict says of its spans: each one's probability, and the lowest one of the gaps.

    A gap is text between the spans; its probability is that nothing is to be marked there.
    """

    spans: tuple[SureSpan, ...]
    gap: Probability


def spans_of(answer: Answer) -> tuple[Span, ...]:
    """Return the spans of an answer that fits its question, sorted."""
    return tuple(sorted(Span(**span) for span in answer))  # type: ignore[arg-type,union-attr]


def as_answer(spans: Iterable[Span]) -> Answer:
    """Return spans as an answer has them."""
    return [span._asdict() for span in spans]


class SpansQuestion(Part):
    """Which pieces of a text get which of `labels`. May spans of two labels overlap?

    Spans of one label never do. `length` is the text's, in code points; None of the question of a
    whole task type, whose texts differ.
    """

    kind: Literal["spans"] = "spans"
    labels: tuple[str, ...]
    overlap: bool = False
    length: Annotated[int | None, Field(exclude_if=_is_absent)] = None

    def about(self, asked: "Asked | None") -> "SpansQuestion":
        """Return the question of a text: with its length, which no span may pass."""
        if asked is None or asked.text is None:
            return self
        return SpansQuestion(labels=self.labels, overlap=self.overlap, length=len(asked.text))

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they mark a text."""
        return False

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about the first thing that is wrong with an answer.

        Spans are counted from 1. Example: "span 2: end is not above start; swap them".
        """
        if not isinstance(answer, list):
            return NO_LIST
        if len(answer) > SPANS_MAX:
            return f"send at most {SPANS_MAX:,} spans"
        for place, span in enumerate(answer, 1):
            problem = self._problem_with_span(span)
            if problem is not None:
                return f"span {place}: {problem}"
        return self._problem_together(list(self._spans(answer)))

    def canonical(self, answer: Answer) -> Answer:
        """Return the spans in the order of the text."""
        return as_answer(sorted(self._spans(answer)))

    def in_words(self, answer: Answer) -> str:
        """Return how many spans there are of each label."""
        if not answer:
            return "nothing to mark"
        labels = [span.label for span in spans_of(answer)]
        counts = (f"{labels.count(label)} × {label}" for label in sorted(set(labels)))
        return f"{len(labels)} {'span' if len(labels) == 1 else 'spans'} ({', '.join(counts)})"

    def in_token(self) -> InToken:
        """Return the whole question: its labels are few."""
        return InToken(self)

    def from_token(self, _: bytes) -> Self:
        """Return the whole question, which the token carried."""
        return self

    def _spans(self, answer: Any) -> Iterator[Span]:
        """Yield an answer's spans with the question's own labels, however Unicode wrote them."""
        labels = by_form(self.labels)
        for span in answer:
            label = span["label"]
            own = label if label in labels else nfc(label)
            yield Span(span["start"], span["end"], labels[own])

    def _problem_with_span(self, span: Any) -> str | None:
        if not isinstance(span, dict) or span.keys() != {"start", "end", "label"}:
            return NO_SPAN
        start, end = span["start"], span["end"]
        if not _is_offset(start) or not _is_offset(end):
            return "send start and end as whole numbers, not in quotes: code points, counted from 0"
        if start >= end:
            return EMPTY if start == end else INVERTED
        if end > self._length:
            return (
                f"it goes past the end of the text, which has {self._length:,} code points;"
                " send offsets in code points, not in bytes or UTF-16 units"
            )
        label = span["label"]
        if not isinstance(label, str):
            return "send one of the question's labels as text, in quotes, exactly"
        known = nfc(label) in by_form(self.labels)
        return None if known else "send one of the question's labels, exactly"

    def _problem_together(self, spans: Sequence[Span]) -> str | None:
        places: dict[Span, int] = {}
        for place, span in enumerate(spans, 1):
            first = places.setdefault(span, place)
            if first != place:
                return f"span {place} is span {first} again; leave it out"
        whose = "two spans of one label" if self.overlap else "two spans"
        for labels in self.layers:
            before: Span | None = None
            for span in sorted(span for span in spans if span.label in labels):
                if before and span.start < before.end:
                    first, second = sorted((places[before], places[span]))
                    return (
                        f"spans {first} and {second} overlap, which {whose} may not here;"
                        " leave one out, or end one where the other starts"
                    )
                before = span
        return None

    @property
    def layers(self) -> tuple[tuple[str, ...], ...]:
        """Sets of labels whose spans may not overlap: all labels, or each one alone."""
        return tuple((label,) for label in self.labels) if self.overlap else (self.labels,)

    @property
    def _length(self) -> int:
        return CHARACTERS_MAX if self.length is None else self.length


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class SpansRow(QuestionRow):
    """The labels, whether spans may overlap, and which text of an output is to be marked.

    The model's own spans, if its answer is a list of them, are the draft.
    """

    NO_OWN_ANSWER: ClassVar[str] = (
        "answer: it is no list of spans in the text that may be marked so: send one, or set"
        " waived_answer"
    )

    labels: Annotated[tuple[OptionLabel, ...], Field(min_length=1, max_length=LABELS_MAX)]
    overlap: bool = False
    marks: Literal["text", "request"] = "text"
    """The field of the output that people mark: what the model said, or what it was given."""

    @property
    def asks_about_text(self) -> bool:
        """Whether the text to mark is the output's own."""
        return self.marks == "text"

    def asks(self) -> SpansQuestion:
        """Return the question of the whole task type, without the length of a text."""
        return SpansQuestion(labels=self.labels, overlap=self.overlap)

    def asked(self, output: "Output") -> "Asked":
        """Return the text to mark, and the model's own spans of it as the draft.

        Raises Refused for an output without that text, or with one that is too long to mark.
        """
        from shared.contracts.events.asked import Asked  # it has a field of our answers' type

        text = self._text(output)
        if not text:
            fix = f"{self.marks}: people need it to mark it: send it in our envelope"
            raise Refused(Reason.MISSING, fix)
        if len(text) > CHARACTERS_MAX:
            fix = f"{self.marks}: it has over {CHARACTERS_MAX:,} characters: send it in parts"
            raise Refused(Reason.BAD_OUTPUT, fix)
        return Asked(text=text, draft=self.own_answer(output))

    def own_answer(self, output: "Output") -> Answer:
        """Return the model's spans, sorted; None where its answer is none for this text."""
        length = len(self._text(output) or "")
        question = SpansQuestion(labels=self.labels, overlap=self.overlap, length=length)
        fits = question.problem_with(output.answer) is None
        return question.canonical(output.answer) if fits else None

    def moved_answer(self, answer: Answer, move: Move) -> Answer:
        """Return the spans with their offsets after the marked text was changed, each once."""
        if not isinstance(answer, list):
            return answer
        spans: list[Answer] = []
        for span in answer:
            moved = _moved(span, partial(move, self.marks)) if isinstance(span, dict) else span
            if moved not in spans:
                spans.append(moved)
        return spans

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield labels that look alike, and a waived answer that is none."""
        looks: dict[str, str] = {}
        for at, label in enumerate(self.labels):
            first = looks.setdefault(look(label), label)
            if first != label or self.labels.index(label) != at:
                fix = "rename one (case, blanks and joiners do not count)"
                yield ("labels", at), f"{label} looks like the label {first}", fix
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), "it is no answer", problem

    def _text(self, output: "Output") -> str | None:
        return output.text if self.marks == "text" else output.request


def _moved(span: dict[str, Answer], move: Callable[[int, bool], int]) -> Answer:
    offsets = {
        name: move(offset, name == "end")
        for name in ("start", "end")
        if type(offset := span.get(name)) is int
    }
    return {**span, **offsets}


KIND = Kind(
    name="spans",
    question=SpansQuestion,
    answer=list[AnsweredSpan],
    sent_answer=Annotated[list[AnsweredSpan], Field(max_length=SPANS_MAX)],
    row=SpansRow,
    waived_answer=list[Any],
    detail=SpansDetail,
    drafts=True,
    answers_max=20,
)
