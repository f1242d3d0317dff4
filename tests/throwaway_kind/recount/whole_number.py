"""Verdicts on a whole number, recomputed from their votes."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sentuh.audit.recount.terms import Recount, counted
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.questions.whole_number import SpreadDetail, WholeNumberQuestion

TOLERANCE = Decimal("0.000001")


def _wrong(verdict: VerdictReached, _: WholeNumberQuestion) -> Iterator[Violation]:
    weights: dict[str, Decimal] = defaultdict(Decimal)
    for vote in counted(verdict):
        weights[str(vote.answer)] += Decimal(repr(vote.weight))
    said = [vote.answer for vote in counted(verdict) if isinstance(vote.answer, int)]
    if said and verdict.detail != SpreadDetail(lowest=min(said), highest=max(said)):
        yield Violation(verdict.task_id, "its spread is not that of its votes")
    whole = sum(weights.values(), Decimal(0))
    if set(weights) != set(verdict.distribution):
        yield Violation(verdict.task_id, "its distribution is not over the numbers answered")
        return
    for number, weight in weights.items():
        if abs(weight / whole - Decimal(repr(verdict.distribution[number]))) > TOLERANCE:
            yield Violation(verdict.task_id, f"the share of {number} is not that of its votes")


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    spread = verdict.detail
    if not isinstance(spread, SpreadDetail) or spread.highest - spread.lowest > 2 * policy.goal:
        yield Violation(verdict.task_id, "confident, and not as near as was asked for")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell the bounds."""


RECOUNT = Recount[WholeNumberQuestion](_question_without_task, _wrong, _too_early)
