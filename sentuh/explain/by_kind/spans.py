"""How a verdict on spans is explained: each vote speaks for its marks, character by character."""

from collections.abc import Sequence

from sentuh.audit.recount.spans import recounted
from sentuh.explain.terms import Explaining, Made, given_by_others
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, SpansQuestion, as_answer, spans_of

DIGITS = 6
TOLD_MAX = 3


def _made(verdict: VerdictReached, question: SpansQuestion, votes: Sequence[Vote]) -> Made | None:
    if not votes:
        return None
    voices = [(spans_of(question.canonical(vote.answer)), vote.weight or 0.0) for vote in votes]
    draft = verdict.draft
    if draft is not None and draft.weight is not None:
        voices.insert(0, (spans_of(question.canonical(draft.answer)), draft.weight))
    ours = recounted(voices, question)
    weakest = round(min([ours.gap, *ours.spans.values()]), DIGITS)
    sure = f"{share(weakest)} sure of its least sure mark or gap"
    return Made(as_answer(ours.spans), weakest, None, sure)


def _differs(verdict: VerdictReached, _: SpansQuestion, answer: Answer) -> str:
    own, other = (set(spans_of(marks)) if marks else set() for marks in (verdict.answer, answer))
    signs = [("without", own - other), ("with", other - own)]
    return "; ".join(f"{word} {_listed(spans)}" for word, spans in signs if spans) or "the same"


def _listed(spans: set[Span]) -> str:
    shown = [f"{span.label} at {span.start} to {span.end}" for span in sorted(spans)[:TOLD_MAX]]
    more = len(spans) - TOLD_MAX
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


EXPLAINING = Explaining[SpansQuestion](
    _made,
    given_by_others,
    "Each vote speaks, character by character, for its marks, and for nothing where it has none.",
    differs=_differs,
    recounts_max=60,
)
"""How verdicts on spans are explained."""
