"""Verdicts on spans recomputed from their votes, character by character, independently of qa.

The definition it follows. Of the labels that exclude each other (all, or each alone where spans may
overlap) a character has one or none. First borders are moved: those of which each is at most REACH
from the next are one group, unless one person has two of them, and then each is its own. All of a
group go to the offset with the most weight; of equals to the nearest to the middle one, then to the
lower one. Of somebody with weight w, kept between WEIGHT_MIN and WEIGHT_MAX, a mark is then taken
as follows: where label l is to be given they give it with w; of the rest a share CONFUSED is
another label, where there are others, and what remains is no mark. Where nothing is to be marked
they mark with (1 - w) INVENTED, each label alike. Labels together are MARKED times as probable as
nothing before any mark. The most probable is taken, of equals nothing and then the first by name; a
run of one label is a span, parted where the weight of those who have a border of this label is
above the weight of those whose span goes on across it. A person means a span by the one of theirs
with a Dice coefficient of DICE_MIN or more to it: one of its label first, then the closest, then
the first. Its probability is that of its label where each gives what they mean it by, and 0 where
nobody means it by that label. A gap's is the lowest probability of nothing at a character outside
all spans, where the spans by which people mean those are left out. A draft that nobody had seen is
one voice more, before the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import prod

from sentuh.audit.recount.terms import Recount, weighed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, SpansDetail, SpansQuestion, spans_of

MARKED, INVENTED, CONFUSED = 0.2, 0.06, 0.2
WEIGHT_MIN, WEIGHT_MAX = 0.2, 0.97
DICE_MIN, REACH = 0.5, 3
DIGITS = 6
TOLERANCE = 1.5e-6
Voice = tuple[tuple[Span, ...], float]
"""What somebody marked, and their weight."""
Said = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Recounted:
    """The spans with their probabilities, and the probability of the weakest gap."""

    spans: Mapping[Span, float]
    gap: float


def recounted(voices: Sequence[Voice], question: SpansQuestion) -> Recounted:
    """Return what these people's marks lead to; they are in the order of their assignment ids."""
    spans: dict[Span, float] = {}
    gaps = []
    for labels in question.layers:
        mine = [(tuple(s for s in marks if s.label in labels), weight) for marks, weight in voices]
        layer = _Recount(labels, mine, question.length or 0)
        spans.update(layer.standing())
        gaps.append(layer.gap())
    return Recounted(dict(sorted(spans.items())), min(gaps))


class _Recount:
    """The marks of labels of which a character has one at most."""

    def __init__(self, labels: Sequence[str], voices: Sequence[Voice], length: int) -> None:
        self._labels = labels
        self._voices = _moved(voices)
        self._length = max([length, *(span.end for marks, _ in voices for span in marks)])
        self._chances = cache(self._chances_of)
        self._standing = list(self._runs())

    def standing(self) -> dict[Span, float]:
        """Return the spans, each with its probability."""
        meanings = {span: self._said(span) for span in self._standing}
        return {
            span: self._chances(said)[span.label] if span.label in said else 0.0
            for span, said in meanings.items()
        }

    def gap(self) -> float:
        """Return the lowest probability of nothing outside the spans."""
        inside = {at for span in self._standing for at in range(span.start, span.end)}
        left = [
            (tuple(s for s in marks if s not in [_meant(p, marks) for p in self._standing]), weight)
            for marks, weight in self._voices
        ]
        gaps = {said for at, said in enumerate(self._characters(left)) if at not in inside}
        return min((self._chances(said)[None] for said in gaps), default=1.0)

    def _characters(self, voices: Sequence[Voice]) -> list[Said]:
        """Return what each person says of each character."""
        rows = []
        for marks, _ in voices:
            row: list[str | None] = [None] * self._length
            for span in marks:
                row[span.start : span.end] = [span.label] * (span.end - span.start)
            rows.append(row)
        return list(zip(*rows, strict=True))

    def _runs(self) -> Iterator[Span]:
        winners = [self._winner(said) for said in self._characters(self._voices)]
        at = 0
        for label, run in groupby(winners):
            start, at = at, at + len(list(run))
            if label is None:
                continue
            parts = [o for o in self._borders(label) if start < o < at and self._parted(o, label)]
            cuts = [start, *parts, at]
            yield from map(Span, cuts, cuts[1:], [label] * len(cuts))

    def _borders(self, label: str) -> list[int]:
        spans = [span for marks, _ in self._voices for span in marks if span.label == label]
        return sorted({border for span in spans for border in (span.start, span.end)})

    def _parted(self, offset: int, label: str) -> bool:
        ending = across = 0.0
        for marks, weight in self._voices:
            mine = [span for span in marks if span.label == label]
            if any(offset in (span.start, span.end) for span in mine):
                ending += weight
            elif any(span.start < offset < span.end for span in mine):
                across += weight
        return round(ending, DIGITS) > round(across, DIGITS)

    def _said(self, place: Span) -> Said:
        meant = [_meant(place, marks) for marks, _ in self._voices]
        return tuple(span.label if span else None for span in meant)

    def _winner(self, marks: Said) -> str | None:
        chances = self._chances(marks)
        return min(chances, key=lambda state: (-chances[state], state is not None, state or ""))

    def _chances_of(self, marks: Said) -> dict[str | None, float]:
        priors: dict[str | None, float] = {None: 1.0}
        priors |= dict.fromkeys(self._labels, MARKED / len(self._labels))
        weights = [weight for _, weight in self._voices]
        odds: dict[str | None, float] = {
            state: prior
            * prod(self._chance(state, *one) for one in zip(marks, weights, strict=True))
            for state, prior in priors.items()
        }
        whole = sum(odds.values())
        return {state: round(share / whole, DIGITS) for state, share in odds.items()}

    def _chance(self, state: str | None, mark: str | None, weight: float) -> float:
        right = min(WEIGHT_MAX, max(WEIGHT_MIN, weight))
        others = len(self._labels) - 1
        if state is None:
            invents = (1 - right) * INVENTED
            return 1 - invents if mark is None else invents / len(self._labels)
        if mark == state:
            return right
        confuses = CONFUSED if others else 0.0
        return (1 - right) * (1 - confuses if mark is None else confuses / others)


def _meant(place: Span, marks: Sequence[Span]) -> Span | None:
    ranked = [
        (span.label != place.label, -dice, span) for span in marks
        if (dice := _dice(place, span)) >= DICE_MIN
    ]  # fmt: skip
    return min(ranked)[2] if ranked else None


def _dice(one: Span, other: Span) -> float:
    shared = len(range(max(one.start, other.start), min(one.end, other.end)))
    return 2 * shared / (one.end - one.start + other.end - other.start)


def _moved(voices: Sequence[Voice]) -> list[Voice]:
    """Return the marks with their borders where most weight puts each of them."""
    named = sorted({(border, person) for person, (marks, _) in enumerate(voices)
                    for span in marks for border in (span.start, span.end)})  # fmt: skip
    groups: list[list[tuple[int, int]]] = []
    for border, person in named:
        if not groups or border > groups[-1][-1][0] + REACH:
            groups.append([])
        groups[-1].append((border, person))
    to = {border: border for border, _ in named}
    for group in groups:
        people = [person for _, person in group]
        if len(people) == len(set(people)):
            stands = _heaviest([(border, voices[person][1]) for border, person in group])
            to |= {border: stands for border, _ in group}
    return [
        (tuple(Span(to[span.start], to[span.end], span.label) for span in marks), weight)
        for marks, weight in voices
    ]


def _heaviest(named: Sequence[tuple[int, float]]) -> int:
    middle = named[len(named) // 2][0]
    weights = dict.fromkeys((border for border, _ in named), 0.0)
    for border, weight in named:
        weights[border] += weight
    return min(weights, key=lambda b: (-round(weights[b], DIGITS), abs(b - middle), b))


def _wrong(verdict: VerdictReached, question: SpansQuestion) -> Iterator[Violation]:
    valid, faults = weighed(verdict, question)
    yield from faults
    if not valid:
        return
    voices = [(spans_of(question.canonical(vote.answer)), vote.weight or 0.0) for vote in valid]
    draft = verdict.draft
    if draft is not None and draft.weight is not None:
        voices.insert(0, (spans_of(question.canonical(draft.answer)), draft.weight))
    yield from _differences(verdict, recounted(voices, question))


def _differences(verdict: VerdictReached, expected: Recounted) -> Iterator[Violation]:
    if verdict.answer != _as_answer(expected.spans):
        yield Violation(verdict.task_id, "its spans are not those that its votes make")
        return
    said = verdict.detail
    weakest = min([expected.gap, *expected.spans.values()])
    if said is None and abs(verdict.probability - weakest) <= TOLERANCE:
        return  # it is left out where it would not have fitted the record
    if not isinstance(said, SpansDetail) or len(said.spans) != len(expected.spans):
        yield Violation(verdict.task_id, "does not say how probable each of its spans is")
        return
    pairs = [*zip([one.probability for one in said.spans], expected.spans.values(), strict=True),
             (said.gap, expected.gap)]  # fmt: skip
    if any(abs(stated - made) > TOLERANCE for stated, made in pairs):
        yield Violation(verdict.task_id, "a span or gap is not as probable as its votes make it")
    if verdict.probability != min(stated for stated, _ in pairs):
        yield Violation(verdict.task_id, "its probability is not that of its weakest span or gap")


def _as_answer(spans: Mapping[Span, float]) -> Answer:
    return [{"start": start, "end": end, "label": label} for start, end, label in spans]


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    if verdict.probability < policy.goal:
        fault = f"confident, and its weakest span or gap has {verdict.probability}"
        yield Violation(verdict.task_id, f"{fault}, below {policy.goal}")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell the labels that nobody gave."""


RECOUNT = Recount[SpansQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on spans."""
