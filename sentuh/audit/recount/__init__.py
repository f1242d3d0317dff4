"""The door to verdicts recomputed from their votes: each kind of question has its recount.

A recount is a second implementation, independent of qa's agreement, which it never imports.
"""

from collections.abc import Iterator, Mapping

from sentuh.audit.named_answers import with_answers
from sentuh.audit.recount import witness
from sentuh.audit.recount.terms import Recount
from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Question
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED, of_each_kind

_RECOUNTS: Mapping[str, Recount[Question]] = of_each_kind(__name__, "RECOUNT")


def verdicts_recompute(history: History) -> Iterator[Violation]:
    """Yield each verdict of people that does not follow from its votes, or that stopped too early,
    and each of the model that does not say what was waived.

    A verdict whose task is no longer kept is looked at where it tells enough by itself, and one
    whose answers are not kept is not: `not_recomputable` counts these.
    """
    for verdict in history.verdicts.values():
        if verdict.by == "model":
            yield from _by_model(verdict, history.waived.get(verdict.task_id))
            continue
        if verdict.decided_by is not None:
            continue  # it follows from another verdict, not from its own votes: `second_stages`
        task = history.tasks.get(verdict.task_id)
        yield from witness.wrong(verdict, task)
        question = task.question_asked if task else _question_of(verdict)
        whole = with_answers(verdict, history)
        if question is not None and whole is not None:
            yield from _RECOUNTS[question.kind].wrong(whole, question)
        if task is not None:
            yield from _stopped_rightly(task, verdict)


def _question_of(verdict: VerdictReached) -> Question | None:
    recount = _RECOUNTS.get(verdict.kind or KIND_IF_NONE_IS_NAMED)
    return recount.question_without_task(verdict) if recount else None


def _by_model(verdict: VerdictReached, waived: OutputWaived | None) -> Iterator[Violation]:
    said = (verdict.answer, verdict.probability)
    if waived is not None and said != (waived.answer, waived.probability):
        yield Violation(verdict.task_id, "differs from what was waived")
    if verdict.votes or verdict.stop_reason != "waived":
        yield Violation(verdict.task_id, "the model's verdict has votes or was not waived")


def _stopped_rightly(task: TaskCreated, verdict: VerdictReached) -> Iterator[Violation]:
    if verdict.stop_reason == "exhausted":
        return
    on_time, least = sum(not vote.late for vote in verdict.votes), task.answers_wanted.min
    if on_time < least:
        yield Violation(verdict.task_id, f"stopped at {on_time} answers, {least} at least")
    recount = _RECOUNTS[task.policy.asks.kind]
    if verdict.stop_reason == "confident":
        yield from recount.too_early(verdict, task.policy)
    if verdict.decided_by is None:
        yield from recount.stopped(verdict, task)
