"""Explains the verdict on one task from a history: its head, its voices, its end, its changes."""

from collections.abc import Iterator
from dataclasses import replace

from sentuh.audit.named_answers import with_answers
from sentuh.audit.recount.terms import counted
from sentuh.explain import missing
from sentuh.explain.by_kind import explaining
from sentuh.explain.changing import CountedAgain, changes
from sentuh.explain.explanation import ComparedRecount, Explanation
from sentuh.explain.of_task import of_task
from sentuh.explain.stopping import stopped
from sentuh.explain.voices import Voices
from sentuh.history.collect import History
from sentuh.trace import learned
from sentuh.trace.sureness import sure
from sentuh.trace.telling import quoted
from shared.contracts.events.asked import Candidate
from shared.contracts.events.second_stage import first_task_of
from shared.contracts.events.verdicts import DecidedBy, VerdictReached
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED

TOLERANCE = 0.00006
"""As the audit's of a mean, which is the widest: a little over half of its last digit."""
NOTHING_KEPT = "its answers are no longer kept: what each did cannot be recounted"
NO_TASK = "its task is no longer kept: what each answer did cannot be recounted"
DISAGREES = "the recount comes to another number than the verdict says: run `sentuh audit`"


def explained(task_id: str, history: History) -> Explanation:
    """Return the explanation of a task's verdict; SettingError where there is none to explain.

    The history may have further tasks: of a text whose second stage decided it, that one's.
    """
    about = of_task(history, task_id)
    verdict = about.verdicts.get(task_id)
    if verdict is None:
        raise missing.without_verdict(task_id, about)
    explanation = _explanation(verdict, about)
    by = verdict.decided_by
    if by is None or by.task_id not in history.verdicts:
        return explanation
    return replace(explanation, second=explained(by.task_id, history))


def _explanation(verdict: VerdictReached, history: History) -> Explanation:
    whole = with_answers(verdict, history)
    recount = _recount(whole, history)
    made = recount.made(recount.votes) if recount else None
    recounted = None if made is None else _compared(verdict, made.probability)
    return Explanation(
        task_id=verdict.task_id,
        kind=verdict.kind or KIND_IF_NONE_IS_NAMED,
        head=dict(_head(verdict, history)),
        by=verdict.by,
        answer=verdict.answer,
        told=quoted(verdict.answer, history),
        probability=verdict.probability,
        sure=sure(verdict),
        stop_reason=verdict.stop_reason,
        stopped=stopped(verdict, history),
        counts=recount.explaining.counts if recount else "",
        voices=tuple(Voices(whole or verdict, history, recount, made).all()),
        recounted=recounted,
        changes=changes(recount, _unspent(verdict, history)) if recount and made else (),
        notes=tuple(_notes(verdict, history, whole=whole, recounted=recounted)),
    )


def _recount(whole: VerdictReached | None, history: History) -> CountedAgain | None:
    """Return the votes to count again; None where no count made the verdict, or it is not kept."""
    task = None if whole is None else history.tasks.get(whole.task_id)
    if whole is None or task is None or whole.by == "model" or whole.decided_by is not None:
        return None
    asked = task.question_asked
    votes = sorted(counted(whole), key=lambda vote: vote.assignment_id)
    fitting = (one for one in votes if asked.problem_with(one.answer) is None)
    weighed = tuple(one for one in fitting if one.weight is not None)
    return CountedAgain(whole, asked, weighed, explaining(asked))


def _unspent(verdict: VerdictReached, history: History) -> int:
    """Return how many more answers might have been asked for."""
    task = history.tasks.get(verdict.task_id)
    return max(0, task.answers_wanted.max - verdict.wanted) if task else 0


def _notes(
    verdict: VerdictReached,
    history: History,
    *,
    whole: VerdictReached | None,
    recounted: ComparedRecount | None,
) -> Iterator[str]:
    """Yield what must be known beside: what cannot be counted again, and what a number is."""
    if verdict.by == "people" and verdict.task_id not in history.tasks:
        yield NO_TASK
    elif whole is None:
        yield NOTHING_KEPT
    if verdict.decided_by is not None:
        yield _decided(verdict.decided_by)
    if recounted is not None and not recounted.agrees:
        yield DISAGREES
    yield from learned.in_words(verdict, history)


def _decided(by: DecidedBy) -> str:
    if by.votes:
        return f"no count decides between texts: people compared them, in the task {by.task_id}"
    return (
        "its second stage said nothing in time: the text stands whose writer was believed most, of"
        " equals that of the lowest assignment id"
    )


def _compared(verdict: VerdictReached, probability: float) -> ComparedRecount:
    raw = verdict.raw_probability
    stated = verdict.probability if raw is None else raw
    return ComparedRecount(probability, abs(probability - stated) <= TOLERANCE)


def _head(verdict: VerdictReached, history: History) -> Iterator[tuple[str, str]]:
    yield "task type", f"{verdict.task_type}, pool {verdict.pool}"
    task = history.tasks.get(verdict.task_id)
    if task is not None:
        yield "question", task.policy.question
    yield "output", f"{verdict.ref.id} of {verdict.ref.source}"
    first = first_task_of(verdict.task_id)
    if first:
        yield "decides", f"the task {first}"
    if task is not None and task.asked is not None:
        for candidate in task.asked.candidates:
            yield f"candidate {candidate.id}", _described(candidate)


def _described(candidate: Candidate) -> str:
    text = " ".join((candidate.text or "").split())
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”" if text else "no text"
