"""Verdicts on free text, recomputed from their votes, independently of qa.

Without a second stage the answer is the text with the highest support: a text is unsupported only
if each of its authors is wrong. With one, the second stage's own recount looks at it.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.recount.terms import Recount, counted
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import kept
from shared.contracts.questions.text import TextQuestion

TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""


def supports(votes: Sequence[Vote]) -> dict[str, Decimal]:
    """Return the support of each distinct text, in the order of the lowest assignment ids.

    Its key is what `question.kept` makes of the canonical answer that a vote has.
    """
    with localcontext() as context:
        context.prec = 50
        doubts: dict[str, Decimal] = {}
        for vote in sorted(votes, key=lambda vote: vote.assignment_id):
            doubt = 1 - Decimal(repr(vote.weight or 0.0))
            text = kept(vote.answer)
            doubts[text] = doubts.get(text, Decimal(1)) * doubt
        return {text: 1 - doubt for text, doubt in doubts.items()}


def share_of(supported: Mapping[str, Decimal], text: str) -> Decimal:
    """Return the probability of a text: its share of all support, or of 1 where that is more."""
    return supported.get(text, Decimal(0)) / max(Decimal(1), sum(supported.values(), Decimal(0)))


def _wrong(verdict: VerdictReached, question: TextQuestion) -> Iterator[Violation]:
    votes = [vote for vote in counted(verdict) if question.problem_with(vote.answer) is None]
    supported = supports(
        [vote.model_copy(update={"answer": question.canonical(vote.answer)}) for vote in votes]
    )
    if not supported:
        if verdict.answer is not None:
            yield Violation(verdict.task_id, "a text without any valid vote")
        return
    said, top = kept(verdict.answer), max(supported.values())
    if supported.get(said, Decimal(0)) < top - TOLERANCE:
        yield Violation(verdict.task_id, "its text is not that with the highest support")
        return
    share = share_of(supported, said)
    if abs(Decimal(repr(verdict.probability)) - share) > TOLERANCE:
        yield Violation(verdict.task_id, f"says {verdict.probability}; its votes make {share:.6f}")


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    if verdict.probability < policy.goal:
        yield Violation(verdict.task_id, f"confident at {verdict.probability}, below its goal")
    if len({kept(vote.answer) for vote in counted(verdict)}) != 1:
        yield Violation(verdict.task_id, "confident, and its texts are not one and the same")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell the limits of its texts."""


RECOUNT = Recount[TextQuestion](_question_without_task, _wrong, _too_early)
