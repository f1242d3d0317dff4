"""Says in words why asking stopped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sentuh.history.collect import History
from sentuh.trace import gating
from sentuh.trace.reasons import CLOSED
from sentuh.trace.sureness import asked_for, share, sure
from sentuh.trace.telling import answers
from shared.contracts.events.assignments import TaskClosed
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached


@dataclass(frozen=True, slots=True)
class _Case:
    """A verdict with what its words need."""

    verdict: VerdictReached
    history: History
    task: TaskCreated | None

    @property
    def counted(self) -> str:
        """Number of answers that were counted, and the most that the task takes, in words."""
        counted = sum(vote.standing == "counted" for vote in self.verdict.votes)
        most = f" of {self.task.answers_wanted.max} at most" if self.task else ""
        return f"{answers(counted)}{most}"

    @property
    def goal(self) -> str:
        """The goal that was asked for, in brackets; nothing where the task is not kept."""
        asked = asked_for(self.history)
        return f" ({asked})" if asked else ""

    @property
    def unspent(self) -> int:
        """Number of further answers that the task might have asked for."""
        return max(0, self.task.answers_wanted.max - self.verdict.wanted) if self.task else 0


def stopped(verdict: VerdictReached, history: History) -> str:
    """Return in a sentence why no further answer was asked for; the history is of its task alone.

    Example: "Sure enough after 3 answers of 5 at most: 97 % sure (95 % is asked for).".
    """
    case = _Case(verdict, history, history.tasks.get(verdict.task_id))
    said = _WORDS.get(verdict.stop_reason)
    return said(case) if said else f"It stopped as {verdict.stop_reason}, after {case.counted}."


def _confident(case: _Case) -> str:
    return f"Sure enough after {case.counted}: {sure(case.verdict)}{case.goal}."


def _budget(case: _Case) -> str:
    if not case.unspent:
        return f"No further answer may be asked for after {case.counted}{case.goal}."
    left = f"the {case.unspent} more that might be asked for" if case.unspent > 1 else "one more"
    worth = case.verdict.used is not None and case.verdict.used.price is not None
    dear = ", or promised less than its price" if worth else ""
    return f"After {case.counted} {left} could not change the answer{dear}{case.goal}."


def _exhausted(case: _Case) -> str:
    closed = case.history.by_task(TaskClosed).get(case.verdict.task_id, ())
    why = next((CLOSED[one.event.reason] for one in closed), "no further answer was to be had")
    return f"The task was closed after {case.counted}: {why}{case.goal}."


def _ambiguous(case: _Case) -> str:
    return (
        f"Ambiguous after {case.counted}: trusted people are split, and more of them would not"
        f" change that{case.goal}. The distribution is the verdict."
    )


def _futile(case: _Case) -> str:
    return f"Futile after {case.counted}: with those left it cannot become sure enough{case.goal}."


def _waived(case: _Case) -> str:
    waived = case.history.waived.get(case.verdict.task_id)
    if waived is None:
        return "Nobody was asked: the gate let the model's own answer stand."
    from_ = share(waived.gate.threshold)
    redacted = gating.redacted(waived.redacted)
    return (
        f"Nobody was asked: the model is {share(waived.probability)} sure, and from {from_} on the"
        f" gate lets its answer stand{redacted}."
    )


_WORDS: Mapping[str, Callable[[_Case], str]] = {
    "confident": _confident,
    "budget": _budget,
    "exhausted": _exhausted,
    "waived": _waived,
    "ambiguous": _ambiguous,
    "futile": _futile,
}
