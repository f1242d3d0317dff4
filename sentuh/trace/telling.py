"""Words for each event, for the story of an output: who did what, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch

from sentuh.history.collect import History
from sentuh.trace import gating, golds, learned
from sentuh.trace.own_answer import own_answer
from sentuh.trace.reasons import CLOSED, DECLINED, WITHDRAWN
from sentuh.trace.sureness import asked_for, counting, reached_so_far, share, sure
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
    TaskUnroutable,
)
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Requirement, Why
from shared.contracts.events.second_stage import QA_SOURCE, OutputComposed, SecondRequested
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import DecidedBy, ReviewRequested, VerdictReached, Vote
from shared.contracts.question import NO_QUESTION, Answer
from shared.contracts.questions import KINDS


@dataclass(frozen=True, slots=True)
class Sentence:
    """An event as a person reads it; `who` is empty if the event's own service did it."""

    what: str
    why: str
    who: str = ""


def in_words(event: Event, history: History) -> Sentence:
    """Describe an event; the history gives what it refers to, such as the task of a verdict.

    Example: an AssignmentDeclined gives "declined, or gave it back", by the worker.
    """
    return _in_words(event, history)


@singledispatch
def _in_words(event: Event, _: History) -> Sentence:
    return Sentence(event.TYPE, "")


@_in_words.register
def _(event: TaskCreated, _: History) -> Sentence:
    why = gating.in_words(event.gate, event.output.confidence)
    return Sentence("asked people", why + gating.redacted(event.redacted))


@_in_words.register
def _(event: OutputWaived, history: History) -> Sentence:
    sure, from_ = share(event.probability), share(event.gate.threshold)
    why = f"the model is {sure} sure; from {from_} on the gate asks nobody"
    why += gating.promised(event.gate) + gating.redacted(event.redacted)
    return Sentence(f"let the model's own answer stand: {quoted(event.answer, history)}", why)


@_in_words.register
def _(event: TaskQueued, _: History) -> Sentence:
    if event.wanted > event.answers_wanted.min:
        return Sentence(
            f"looked for one more: {answers(event.wanted)} wanted in all", "as qa asked"
        )
    who = needed(event.policy.requirement)
    until = clock(event.policy.times.deadline_at, step_at=event.at)
    return Sentence(f"looked for {answers(event.wanted)}", f"from {who}, until {until}")


@_in_words.register
def _(event: TaskUnroutable, _: History) -> Sentence:
    why = "register one, or change a profile: then the task is offered without more ado"
    return Sentence(f"found nobody registered with {event.requirement_lane.strip('|')}", why)


@_in_words.register
def _(event: AssignmentOffered, _: History) -> Sentence:
    by = f"to be accepted by {clock(event.accept_by, step_at=event.at)}"
    what = f"offered it to {event.worker_id} for {event.quote}{event.quote.by_units}, {by}"
    return Sentence(what, _chosen(event.why) + _rated(event))


@_in_words.register
def _(event: AssignmentAccepted, _: History) -> Sentence:
    by = clock(event.answer_by, step_at=event.at)
    return Sentence("accepted", f"the answer is due by {by}", event.worker_id)


@_in_words.register
def _(event: AssignmentDeclined, _: History) -> Sentence:
    reason = f": {DECLINED[event.reason]}" if event.reason else ""
    note = f"“{' '.join(event.note.split())}”; " if event.note else ""
    why = f"{note}the seat is free for somebody else"
    return Sentence(f"declined, or gave it back{reason}", why, event.worker_id)


@_in_words.register
def _(event: AssignmentExpired, history: History) -> Sentence:
    if _accepted(history, event.assignment_id):
        why = f"accepted, and not answered by {clock(event.answer_by, step_at=event.at)}"
    else:
        why = f"neither accepted nor answered by {clock(event.accept_by, step_at=event.at)}"
    return Sentence(f"let {event.worker_id}'s offer expire", why)


@_in_words.register
def _(event: AssignmentWithdrawn, _: History) -> Sentence:
    why = WITHDRAWN[event.reason] + "; an answer on its way is paid all the same"
    return Sentence(f"took {event.worker_id}'s offer back", why)


@_in_words.register
def _(event: AssignmentAnswered, history: History) -> Sentence:
    what = f"answered {quoted(event.answer, history)}"
    if not event.late:
        return Sentence(what, "in time", event.worker_id)
    due = event.answer_by if _accepted(history, event.assignment_id) else event.accept_by
    over = (event.answered_at - due).total_seconds()
    when = f"{over:.1f} s after the offer had ended" if over > 0 else "after the seat was gone"
    return Sentence(f"{what}, late", f"{when}: kept and paid, not counted", event.worker_id)


@_in_words.register
def _(event: TaskClosed, _: History) -> Sentence:
    return Sentence("closed the task: no more answers are taken", CLOSED[event.reason])


@_in_words.register
def _(event: ReviewRequested, history: History) -> Sentence:
    asked = asked_for(history)
    there = event.wanted - 1
    makes = "makes" if there == 1 else "make"
    reached = f"{answers(there)} {makes} {reached_so_far(event.probability, history)}"
    why = f"{reached}, and {asked}" if asked else reached
    return Sentence(f"asked for another answer: {event.wanted} wanted in all now", why)


@_in_words.register
def _(event: SecondRequested, _: History) -> Sentence:
    written = f"{answers(len(event.assignments))} to be compared, as {event.second_type}"
    why = f"no count decides between texts: the task {event.second_task_id} does"
    return Sentence(f"sent {written}", f"{why}; {trace_of(event)} tells its story")


@_in_words.register
def _(event: OutputComposed, _: History) -> Sentence:
    if event.only_for:
        return Sentence(*golds.shown(event))
    what = f"sent {len(event.output.candidates)} texts to be compared"
    authors = ", ".join(event.not_for)
    why = f"the answers of {authors} to the task {event.ref.correlation_id}, which it decides"
    return Sentence(what, f"{why}; whoever wrote one is not asked")


@_in_words.register
def _(event: VerdictReached, history: History) -> Sentence:
    what = f"reached the verdict: {quoted(event.answer, history)}, {sure(event)}"
    why = [
        learned.ended(event, history) if event.decided_by is None else _decided(event.decided_by)
    ]
    why += [*_agreement(event, history), *learned.in_words(event, history)]
    why += [] if event.witness is None else [own_answer(event.witness, history)]
    for standing, name in (("counted", "counted"), ("surplus", "not counted")):
        votes = [_vote(vote, history) for vote in event.votes if vote.standing == standing]
        why += [f"{name}: {', '.join(votes)}"] if votes else []
    return Sentence(what, "; ".join(why))


@_in_words.register
def _(event: EarningAccrued, _: History) -> Sentence:
    return Sentence(f"noted {event.quote} for {event.worker_id}", event.computation)


@_in_words.register
def _(event: EarningConfirmed, _: History) -> Sentence:
    why = "the verdict is in; whom it agrees with does not matter"
    return Sentence(f"made {event.quote} payable to {event.worker_id}", why)


def second_of(history: History) -> SecondRequested | None:
    """Return the second stage that decides a task, if it has one: of two the lower output stands.

    Example: one that was asked for again, after Redis was lost, may name other answers.
    """
    asked = (published.event for published in history.of(SecondRequested))
    return min(asked, key=lambda request: request.output_id, default=None)


def trace_of(request: SecondRequested) -> str:
    """Return the command that tells the story of a second task."""
    return f"sentuh trace --source {QA_SOURCE} --id {request.output_id}"


def answers(count: int) -> str:
    """Format a number of answers: 1 answer, 2 answers."""
    return f"{count} answer{'' if count == 1 else 's'}"


def quoted(answer: Answer, history: History) -> str:
    """Put an answer in the words of its question; None becomes the words "no answer"."""
    asked = next((task.question_asked for task in history.tasks.values()), NO_QUESTION)
    return "no answer" if answer is None else asked.in_words(answer)


def clock(moment: datetime, *, step_at: datetime) -> str:
    """Format the time of day in UTC, 17:05:00; with its date if the step was on another day."""
    same_day = moment.date() == step_at.date()
    return f"{moment:%H:%M:%S}" if same_day else f"{moment:%Y-%m-%d %H:%M:%S}"


def needed(requirement: Requirement) -> str:
    """Describe the workers who may answer: whoever has german from level 2."""
    wants = [f"{need.skill} from level {need.level_min}" for need in requirement.skills]
    wants += [f"language {language}" for language in requirement.languages]
    return f"whoever has {' and '.join(wants)}" if wants else "anybody in the pool"


def _chosen(why: Why) -> str:
    if why.rule == "next_in_lane":
        return "they had just become free, and this task had waited longest"
    if why.chosen_among == 1:
        return "the only one free who fits"
    if why.rule == "best_known":
        looked_at = min(why.chosen_among, why.required.best_known_of or 1)
        return f"best known of the {looked_at} longest idle, of {why.chosen_among} free who fit"
    return f"longest idle of {why.chosen_among} free who fit"


def _rated(event: AssignmentOffered) -> str:
    """Return by which rating the worker was let in; nothing where none is asked for."""
    rating, least = event.rating, event.why.required.reliability_min
    known = f"at least {rating.lower:.2f} in {rating.count} answers" if rating else "not rated yet"
    if event.explored is None:
        return f" ({known})" if event.why.required.best_known_of else ""
    if event.explored:
        return f"; let in by the share for newcomers ({known}, asked for {least:g})"
    return f"; reliable enough ({known}, asked for {least:g})"


def _accepted(history: History, assignment_id: str) -> bool:
    return any(
        published.event.assignment_id == assignment_id
        for published in history.of(AssignmentAccepted)
    )


def _decided(by: DecidedBy) -> str:
    if not by.votes:
        return "its second stage said nothing in time"
    ranked = sum(vote.standing == "counted" for vote in by.votes)
    people = "1 person" if ranked == 1 else f"{ranked} people"
    return f"{people} compared the texts, in the task {by.task_id}"


_BEGAN: Mapping[bool | None, str] = {True: "from the draft", False: "without the draft", None: ""}


def _agreement(verdict: VerdictReached, history: History) -> list[str]:
    """Return how far the counted answers agree, where the kind of question has words for it."""
    asked = next((task.question_asked for task in history.tasks.values()), NO_QUESTION)
    kind = KINDS.get(asked.kind)
    counted = [vote.answer for vote in verdict.votes if vote.standing == "counted"]
    if kind is None or kind.agreement_in_words is None or None in counted or not counted:
        return []
    return [kind.agreement_in_words(asked, counted, verdict.answer)]


def _vote(vote: Vote, history: History) -> str:
    late = "late" if vote.late else ""
    began, weight = _BEGAN[vote.drafted], counting(vote.weight, history)
    why = ", ".join(filter(None, (late, began, weight)))
    answer = "something long" if vote.digest else quoted(vote.answer, history)
    return f"{vote.worker_id} {answer}" + (f" ({why})" if why else "")
