"""Checks answers: each assignment ends once, no answer is lost, miscounted or changed."""

from collections.abc import Iterator, Mapping

from sentuh.audit.named_answers import names
from sentuh.audit.report import Violation
from sentuh.audit.seats import AuditedSeat, seats
from sentuh.history.collect import History
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.topics import ASSIGNMENTS


def every_assignment_ends_once(history: History) -> Iterator[Violation]:
    """Yield assignments with no ending, with several, or with one but without an offer.

    A displaced assignment, taken back because another holds its place, may have two endings. One
    that was taken back since its worker left may have no offer: Redis may lose that before it is
    published, and a worker's leaving is read from another partition.
    Example: answered and expired is a violation; answered and withdrawn as displaced is none.
    """
    for seat in seats(history).values():
        yield from _ends_once(seat, complete=history.whole(ASSIGNMENTS.name))


def no_answer_is_lost(history: History) -> Iterator[Violation]:
    """Yield answers that were sent and are neither in the journal nor a dead letter."""
    for published in history.of(OfferAnswered):
        sent = published.event
        kept = history.by_task(AssignmentAnswered).get(sent.task_id, ())
        if published.spot in history.dead_letters_by_spot:
            continue
        if not any(answer.event.worker_id == sent.worker_id for answer in kept):
            detail = "answered, and there is neither the answer nor a dead letter"
            yield Violation(f"{sent.task_id} {sent.worker_id}", detail, open=True)


def verdicts_name_what_was_said(history: History) -> Iterator[Violation]:
    """Yield votes that differ from their answer or count a late one, and answers left out."""
    answers = _answers_by_assignment(history)
    for verdict in history.verdicts.values():
        for vote in verdict.votes:
            answer = answers.get(vote.assignment_id)
            if answer is not None:
                yield from _vote(answer, verdict, vote)
            elif history.whole(ASSIGNMENTS.name):
                subject = f"{verdict.task_id} {vote.assignment_id}"
                yield Violation(subject, "the verdict names an answer that was never given")
        yield from _passed_over(history, verdict)
        yield from _not_waited_for(history, verdict)


def _ends_once(seat: AuditedSeat, *, complete: bool) -> Iterator[Violation]:
    kinds = sorted({ending.TYPE for ending in seat.endings})
    worker = next((end.worker_id for end in (*seat.endings, *seat.late)), None)
    if seat.offered is None:
        # Redis can lose an offer that is decided and not yet published. Whoever ends it by a record
        # of another partition may have published that before: then there is an ending alone.
        ended_elsewhere = seat.displaced or seat.taken_back_as_worker_left
        if seat.endings and not ended_elsewhere and complete:
            yield Violation(f"{seat.id} {worker}", "ended, and it was never offered")
    elif not seat.endings:
        yield Violation(f"{seat.id} {seat.offered.worker_id}", "has not ended", open=True)
    elif len(seat.endings) > 1 and not seat.displaced:
        yield Violation(
            f"{seat.id} {worker}", f"ended {len(seat.endings)} times: {', '.join(kinds)}"
        )


def _answers_by_assignment(history: History) -> Mapping[str, AssignmentAnswered]:
    """Return the answer of each assignment; one on time goes before a late one."""
    events = (published.event for published in history.of(AssignmentAnswered))
    late_first = sorted(events, key=lambda event: event.late, reverse=True)
    return {event.assignment_id: event for event in late_first}


def _vote(answer: AssignmentAnswered, verdict: VerdictReached, vote: Vote) -> Iterator[Violation]:
    subject = f"{verdict.task_id} {vote.assignment_id}"
    same = (answer.task_id, answer.worker_id) == (verdict.task_id, vote.worker_id)
    if not same or not names(vote, answer.answer):
        yield Violation(subject, "the verdict names this answer otherwise than it was given")
    if vote.standing == "counted" and answer.late:
        yield Violation(subject, "a late answer is counted")


def _passed_over(history: History, verdict: VerdictReached) -> Iterator[Violation]:
    """Yield answers that stand before a counted one and are not in the verdict.

    All answers of a task stand in one partition, so a reader of one has read those before it.
    Example: a verdict that counts offsets 4 and 9 must name the answer at offset 7.
    """
    named = {vote.assignment_id for vote in verdict.votes}
    answers = history.by_task(AssignmentAnswered).get(verdict.task_id, ())
    last = max(
        (published.spot for published in answers if published.event.assignment_id in named),
        default=None,
    )
    for published in answers:
        if last and published.spot < last and published.event.assignment_id not in named:
            subject = f"{verdict.task_id} {published.event.assignment_id}"
            yield Violation(subject, "known when the verdict was reached, and not in it")


def _not_waited_for(history: History, verdict: VerdictReached) -> Iterator[Violation]:
    """Yield answers in time that an `exhausted` verdict, reached as the task closed, left out."""
    if verdict.stop_reason != "exhausted":
        return
    named = {vote.assignment_id for vote in verdict.votes}
    for closed in history.by_task(TaskClosed).get(verdict.task_id, ()):
        missing = sorted(set(closed.event.answers) - named)
        if missing:
            detail = "in time when the task was closed, and not in the verdict"
            yield Violation(f"{verdict.task_id} {' '.join(missing)}", detail)
