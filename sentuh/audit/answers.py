"""Answers: every assignment ends once, and no answer is lost, miscounted or changed on its way."""

from collections.abc import Iterator, Mapping

from sentuh.audit.report import Violation
from sentuh.audit.seats import AuditedSeat, seats
from sentuh.history.collect import History
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.topics import ASSIGNMENTS


def every_assignment_ends_once(history: History) -> Iterator[Violation]:
    """With one ending. What was taken back as displaced may have had another before; a seat that
    the state forgot with its offer, and that was answered all the same, ends so without an offer.
    """
    for seat in seats(history).values():
        yield from _ends_once(seat, complete=history.whole(ASSIGNMENTS.name))


def no_answer_is_lost(history: History) -> Iterator[Violation]:
    """Every answer sent is in the journal or a dead letter."""
    for seen in history.of(OfferAnswered):
        sent = seen.event
        kept = history.by_task(AssignmentAnswered).get(sent.task_id, ())
        if seen.spot in history.letters_by_spot:
            continue
        if not any(answer.event.worker_id == sent.worker_id for answer in kept):
            detail = "answered, and there is neither the answer nor a dead letter"
            yield Violation(f"{sent.task_id} {sent.worker_id}", detail, open=True)


def verdicts_name_what_was_said(history: History) -> Iterator[Violation]:
    """A vote is an answer as it was given; a late one is never counted; none is passed over."""
    given = _given(history)
    for verdict in history.verdicts.values():
        for vote in verdict.votes:
            seen = given.get(vote.assignment_id)
            if seen is not None:
                yield from _vote(seen, verdict, vote)
            elif history.whole(ASSIGNMENTS.name):
                subject = f"{verdict.task_id} {vote.assignment_id}"
                yield Violation(subject, "the verdict names an answer that was never given")
        yield from _passed_over(history, verdict)
        yield from _not_waited_for(history, verdict)


def _ends_once(seat: AuditedSeat, *, complete: bool) -> Iterator[Violation]:
    kinds = sorted({ending.TYPE for ending in seat.endings})
    worker = next((end.worker_id for end in (*seat.endings, *seat.late)), None)
    if seat.offered is None:
        if seat.endings and not seat.displaced and complete:
            yield Violation(f"{seat.id} {worker}", "ended, and it was never offered")
    elif not seat.endings:
        yield Violation(f"{seat.id} {seat.offered.worker_id}", "has not ended", open=True)
    elif len(seat.endings) > 1 and not seat.displaced:
        yield Violation(
            f"{seat.id} {worker}", f"ended {len(seat.endings)} times: {', '.join(kinds)}"
        )


def _given(history: History) -> Mapping[str, AssignmentAnswered]:
    """Answers by assignment, the one on time before a late one."""
    events = (seen.event for seen in history.of(AssignmentAnswered))
    late_first = sorted(events, key=lambda event: event.late, reverse=True)
    return {event.assignment_id: event for event in late_first}


def _vote(given: AssignmentAnswered, verdict: VerdictReached, vote: Vote) -> Iterator[Violation]:
    subject = f"{verdict.task_id} {vote.assignment_id}"
    said = (given.task_id, given.worker_id, given.answer)
    if said != (verdict.task_id, vote.worker_id, vote.answer):
        yield Violation(subject, "the verdict names this answer otherwise than it was given")
    if vote.standing == "counted" and given.late:
        yield Violation(subject, "a late answer is counted")


def _passed_over(history: History, verdict: VerdictReached) -> Iterator[Violation]:
    """All of a task is in one partition: who knows one answer knows those that stand before it."""
    named = {vote.assignment_id for vote in verdict.votes}
    answers = history.by_task(AssignmentAnswered).get(verdict.task_id, ())
    last = max((seen.spot for seen in answers if seen.event.assignment_id in named), default=None)
    for seen in answers:
        if last and seen.spot < last and seen.event.assignment_id not in named:
            subject = f"{verdict.task_id} {seen.event.assignment_id}"
            yield Violation(subject, "known when the verdict was reached, and not in it")


def _not_waited_for(history: History, verdict: VerdictReached) -> Iterator[Violation]:
    """A verdict because no more answers are taken has all those that there were."""
    if verdict.stop_reason != "exhausted":
        return
    named = {vote.assignment_id for vote in verdict.votes}
    for closed in history.by_task(TaskClosed).get(verdict.task_id, ()):
        missing = sorted(set(closed.event.answers) - named)
        if missing:
            detail = "in time when the task was closed, and not in the verdict"
            yield Violation(f"{verdict.task_id} {' '.join(missing)}", detail)
