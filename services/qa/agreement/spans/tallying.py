"""Combines the spans that people marked: which ones stand, how sure each is, and each gap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from services.qa.agreement.spans.settling import settle
from services.qa.agreement.spans.voting import Layer
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.question import Answer
from shared.contracts.questions.spans import (
    Span,
    SpansDetail,
    SpansQuestion,
    SureSpan,
    as_answer,
    spans_of,
)


@dataclass(frozen=True, slots=True)
class CountedSpans:
    """What one person marked, sorted, and the weight that it counts with."""

    assignment_id: str
    worker_id: str
    spans: tuple[Span, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class SpansTally:
    """The spans that the counted answers (ballots) to a question lead to.

    sure: the probability of each span, sorted. gap: the lowest probability of a gap between them.
    counted: the people's votes that led there; without any there is no answer.
    """

    sure: Mapping[Span, float]
    gap: float
    counted: Sequence[CountedSpans]
    question: SpansQuestion

    @property
    def answer(self) -> Answer:
        """The spans, sorted, as an answer has them; None without a valid ballot."""
        return as_answer(self.sure) if self.counted else None

    @property
    def probability(self) -> float:
        """The lowest probability of a span or a gap."""
        return min([self.gap, *self.sure.values()])

    @property
    def distribution(self) -> Mapping[str, float]:
        """Nothing: whole answers mostly differ in a span or two, and none has a probability."""
        return {}

    @property
    def detail(self) -> SpansDetail | None:
        """The probability of each span, and of the weakest gap; None without a valid ballot."""
        if not self.counted:
            return None
        spans = tuple(SureSpan(**span._asdict(), probability=p) for span, p in self.sure.items())
        return SpansDetail(spans=spans, gap=self.gap)


def tally(
    ballots: Sequence[Ballot[Answer]],
    question: SpansQuestion,
    weights: Mapping[str, float],
    draft: Draft[Answer] | None = None,
) -> SpansTally:
    """Return the spans that these answers lead to; `weights` are by assignment id.

    A ballot without a weight is left out. A draft counts as one more answer beside them, and alone
    makes none. The order of ballots makes no difference.
    Example: no ballot at all leads to no answer, with probability 0.
    """
    counted = sorted(
        (
            CountedSpans(
                one.assignment_id, one.worker_id, spans_of(one.answer), weights[one.assignment_id]
            )
            for one in ballots
            if one.assignment_id in weights
        ),
        key=attrgetter("assignment_id"),
    )
    beside = [] if draft is None else [CountedSpans("", "", spans_of(draft.answer), draft.weight)]
    return replace(agreed([*beside, *counted] if counted else [], question), counted=counted)


def agreed(votes: Sequence[CountedSpans], question: SpansQuestion) -> SpansTally:
    """Return what these votes lead to; they are sorted by assignment id, a draft first."""
    if not votes:
        return SpansTally({}, 0.0, (), question)
    settled = [settle(layer) for layer in _layers(votes, question)]
    sure = {span: p for one in settled for span, p in one.spans.items()}
    gap = min(one.gap for one in settled)
    return SpansTally(dict(sorted(sure.items())), gap, votes, question)


def _layers(votes: Sequence[CountedSpans], question: SpansQuestion) -> Iterator[Layer]:
    """Yield the sets of labels of which a character has one at most, with everybody's spans."""
    weights = tuple(vote.weight for vote in votes)
    length = max([question.length or 0, *(span.end for vote in votes for span in vote.spans)])
    for labels in question.layers:
        marked = [[span for span in vote.spans if span.label in labels] for vote in votes]
        yield Layer(labels, marked, weights, length)
