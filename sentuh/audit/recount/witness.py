"""What a model's own answer may do to a verdict, recomputed from the events, independently of qa.

The definition it follows: a model that counts with weight w multiplies its option's probability by
(w (K - 1) / (1 - w)) ** DAMPING, as a person of that weight would, but at most until it is as
probable as people's own answer. It never counts on tasks that measure it, and never beyond the best
of the people who were counted.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from hashlib import sha256

from sentuh.audit.recount.terms import counted
from sentuh.audit.report import Violation
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached, Witness

LESSONS_MIN = 30
_TEACHES = ("blind", "gold")


def witnessed(
    shares: Mapping[str, Decimal], answer: str, witness: Witness | None, damping: Decimal
) -> dict[str, Decimal]:
    """Return the probability of each option with the model's answer beside people's `shares`.

    `answer` is people's own.
    """
    if witness is None or witness.weight is None or witness.answer not in shares:
        return dict(shares)
    with localcontext() as context:
        context.prec = 50
        weight, own = Decimal(repr(witness.weight)), str(witness.answer)
        times = max(Decimal(1), weight * (len(shares) - 1) / (1 - weight)) ** damping
        lifted = shares[own] * times
        lifted = lifted if own == answer else min(shares[answer], lifted)
        whole = sum(shares.values()) - shares[own] + lifted
        return {option: share / whole for option, share in {**shares, own: lifted}.items()}


def wrong(verdict: VerdictReached, task: TaskCreated | None) -> Iterator[Violation]:
    """Yield what the model's own answer did to a verdict and must not have done."""
    witness = verdict.witness
    if witness is None:
        return
    faults = [*_without_task(verdict, witness)]
    if task is not None:
        faults += _with_task(task, witness)
    yield from (Violation(verdict.task_id, f"its model {fault}") for fault in faults)


def _without_task(verdict: VerdictReached, witness: Witness) -> Iterator[str]:
    if (witness.weight is None) == (witness.left_out is None):
        yield "neither counts nor is left out, or both"
    if witness.right_milli is not None and witness.left_out not in _TEACHES:
        yield "learns from a task that is not judged without it for that"
    if witness.weight is None:
        return
    best = max((vote.weight or 0.0 for vote in counted(verdict)), default=0.0)
    if witness.weight > best:
        yield f"counts {witness.weight}, the best of the people {best}"
    if witness.lessons < LESSONS_MIN:
        yield f"counts after {witness.lessons} lessons, not {LESSONS_MIN}"
    if verdict.gold is not None or any(vote.drafted for vote in counted(verdict)):
        yield "counts on a gold, or where people had seen what it said"


def _with_task(task: TaskCreated, witness: Witness) -> Iterator[str]:
    share, output = task.policy.witness_blind_share, task.output
    blind = share is not None and is_blind(task.task_id, share)
    if share is None or task.gate.reason == "audit":
        yield "is a witness where it is none: it is switched off, or is audited"
    promised = task.gate.promised
    teaches = promised is not None and (promised.halvings is not None or promised.watched)
    if teaches and witness.weight is not None:
        yield "counts where the verdict tells the gate what it is worth"
    if blind and witness.left_out not in _TEACHES:
        yield "is heard on a task that is judged without it"
    if not blind and witness.left_out == "blind":
        yield "is left out of a task as one judged without it, and it is none"
    said = output.answer if task.own_answer is None else task.own_answer
    asks = task.question_asked
    fits = asks.problem_with(said) is None
    if not fits or asks.canonical(said) != witness.answer:
        yield "is said to have answered something else"
    if output.confidence.value != witness.confidence:
        yield "is said to have been surer, or less sure"


def is_blind(task_id: str, share: float) -> bool:
    """Return whether a task is in the share that is judged without the model, by its id."""
    number = int(sha256(f"witness\x1f{task_id}".encode()).hexdigest()[:14], 16)
    return Fraction(number, 16**14) < Fraction(share)
