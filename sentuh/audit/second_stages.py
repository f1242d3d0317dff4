"""Checks second stages: each is asked about and decides its first task, by code apart from qa's."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from sentuh.audit.named_answers import with_answers
from sentuh.audit.report import Violation
from sentuh.history.collect import History, as_text
from shared.contracts.events.second_stage import OutputComposed, SecondRequested
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, Question, text_of
from shared.contracts.topics import MODEL_OUTPUTS_QA, VERDICTS

GRACE = timedelta(days=1)
"""How long after its second's deadline a first task may still wait for it."""
SWEEPING = timedelta(hours=1)
"""Within this time qa, running, has found a task that has waited for too long."""

not_yet = partial(Violation, open=True)


def standing(history: History) -> Mapping[str, SecondRequested]:
    """Return the request for a second stage of each task; of two the one of the lower output id."""
    by_task = history.by_task(SecondRequested)
    return {
        task_id: min((one.event for one in requests), key=lambda event: event.output_id)
        for task_id, requests in by_task.items()
    }


def waits_until(history: History, request: SecondRequested) -> datetime:
    """Return until when a task may wait for its second stage, as far as the topics tell."""
    second = history.tasks.get(request.second_task_id)
    if second is None:
        return request.until + SWEEPING
    return max(request.until, second.policy.times.deadline_at + GRACE) + SWEEPING


def is_over(history: History, request: SecondRequested) -> bool:
    """Return whether a task has waited for its second stage longer than it may."""
    verdicts = (one.event.at for one in history.of(VerdictReached))
    tasks = (task.at for task in history.tasks.values())
    last = max((*verdicts, *tasks), default=request.at)
    return last > waits_until(history, request)


def every_second_stage_is_asked_about(history: History) -> Iterator[Violation]:
    """Yield outputs of qa that became no task, and requests whose output was never sent."""
    refused = {letter.spot for letter in history.dead_letters}
    sent = {published.event.task_id for published in history.of(OutputComposed)}
    for published in history.of(OutputComposed):
        if published.event.task_id not in history.tasks and published.spot not in refused:
            ref = as_text((published.event.ref.source, published.event.ref.id))
            yield not_yet(ref, "no task and no dead letter")
    for request in standing(history).values():
        if request.second_task_id not in sent and history.whole(MODEL_OUTPUTS_QA.name):
            yield Violation(request.task_id, "waits for a second stage that was never sent")


def every_second_stage_decides(history: History) -> Iterator[Violation]:
    """Yield second stages with a verdict whose first task has none."""
    for task_id, request in standing(history).items():
        if request.second_task_id in history.verdicts and task_id not in history.verdicts:
            yield not_yet(task_id, "its second stage has a verdict, and it has none")


def decisions_follow(history: History) -> Iterator[Violation]:
    """Yield first tasks whose verdict does not follow from the verdict of their second stage."""
    requests = standing(history)
    for verdict in history.verdicts.values():
        request = requests.get(verdict.task_id)
        if request is None:
            if verdict.decided_by is not None and history.whole(VERDICTS.name):
                yield Violation(verdict.task_id, "decided by a second stage nobody asked for")
        elif verdict.decided_by is None:
            yield Violation(verdict.task_id, "has a second stage, and was decided without it")
        else:
            yield from _follows(history, verdict, request)


def _follows(
    history: History, verdict: VerdictReached, request: SecondRequested
) -> Iterator[Violation]:
    by, task = verdict.decided_by, history.tasks.get(verdict.task_id)
    if by is None:
        return
    if by.task_id != request.second_task_id:
        yield Violation(verdict.task_id, f"decided by {by.task_id}, not the one it waited for")
        return
    weights = {vote.assignment_id: vote.weight for vote in verdict.votes if vote.weight is not None}
    # Who decides again after Redis was lost may ask for the same output with other weights.
    requests = history.by_task(SecondRequested)[verdict.task_id]
    same = [one.event for one in requests if one.event.output_id == request.output_id]
    request = next((one for one in same if dict(one.weights) == weights), request)
    if weights != dict(request.weights):
        yield Violation(verdict.task_id, "its votes have other weights than when it was requested")
    second = history.verdicts.get(by.task_id)
    told = second if second is not None and second.votes == by.votes else None
    if second is not None and told is None and not by.votes and second.at <= verdict.at:
        yield Violation(verdict.task_id, "decided without its second stage, which had a verdict")
    if by.votes and told is None:
        if second is not None or history.whole(VERDICTS.name):
            yield Violation(verdict.task_id, "names other rankers than its second stage's verdict")
        return
    whole = with_answers(verdict, history)
    if task is not None and whole is not None:
        yield from _winner(whole, request, task.question_asked, second=told)


def _winner(
    verdict: VerdictReached,
    request: SecondRequested,
    question: Question,
    *,
    second: VerdictReached | None,
) -> Iterator[Violation]:
    """Yield what is wrong with the answer, which follows from the votes and the ranking."""
    ranked: dict[str, list[Vote]] = {}
    for vote in sorted(verdict.votes, key=lambda vote: vote.assignment_id):
        if vote.assignment_id in request.assignments:
            ranked.setdefault(_candidate_id(question.canonical(vote.answer)), []).append(vote)
    answer = None if second is None else second.answer
    groups = answer.get("ranking") if isinstance(answer, dict) else None
    top = groups[0] if isinstance(groups, list) and groups else []
    best = [name for name in ranked if isinstance(top, list) and name in top]

    def order(name: str) -> tuple[float, str]:
        weights = (request.weights.get(vote.assignment_id, 0.0) for vote in ranked[name])
        return -max(weights), ranked[name][0].assignment_id

    chosen = min(best or ranked, key=order, default=None)
    expected = None if chosen is None else question.canonical(ranked[chosen][0].answer)
    if verdict.answer != expected:
        yield Violation(verdict.task_id, "its text is not the one that its second stage prefers")
    due = (second.stop_reason, second.probability) if second and best else ("exhausted", 0.0)
    if (verdict.stop_reason, verdict.probability) != due:
        said = f"{verdict.stop_reason}, {verdict.probability}"
        yield Violation(verdict.task_id, f"is {said}; its second stage makes it {due[0]}, {due[1]}")


def _candidate_id(answer: Answer) -> str:
    said = answer.get("text") if isinstance(answer, dict) else None
    text = said if isinstance(said, str) else text_of(answer)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
