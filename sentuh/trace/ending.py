"""Ends the story of an output with one sentence: how it ended, or what it waits for."""

from difflib import get_close_matches
from shlex import quote
from typing import Literal

from sentuh.audit.seats import seats
from sentuh.history.collect import History
from sentuh.history.output_refs import Ref
from sentuh.history.printable import cleaned
from sentuh.trace.sureness import sure
from sentuh.trace.telling import answers, quoted, second_of, trace_of
from shared.contracts.errors import SettingError
from shared.contracts.events.assignments import AssignmentAnswered, TaskQueued, TaskUnroutable
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.second_stage import OutputComposed
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS

State = Literal["verdict", "waived", "open", "refused", "waiting"]
SHOWN_MAX = 3


def ending(history: History) -> tuple[State, str]:
    """Return the state of the output, and a sentence: how it ended, or what it waits for."""
    for verdict in history.verdicts.values():
        return ("waived" if verdict.by == "model" else "verdict"), _verdict(verdict, history)
    for task in history.tasks.values():
        return "open", _open(task, history)
    if history.waived:
        return "open", "The gate let it stand; its verdict is not there yet: is qa running?"
    if any(dead_letter.service == "intake" for dead_letter in history.dead_letters):
        fix = "correct what is wrong and send it again"
        for published in history.of(OutputComposed):
            first = published.event.ref.correlation_id
            fix = f"the task {first} is decided without it, once it has waited for long enough"
        return "refused", f"Refused: no task was made of it; {fix}."
    return "waiting", "Arrived, and nothing was decided yet: is intake running, is it ready?"


def unknown(ref: Ref, others: set[Ref]) -> SettingError:
    """Return the error for an output that no record names, with likely causes and near ids."""
    near = _near(ref, others)
    meant = f" Did you mean {near}?" if near else ""
    return SettingError(
        f"no output has source {ref[0]} and id {ref[1]}, and no dead letter names it.{meant} Both"
        " must be as they were sent; the verdict names them too (`ref`). Or it never arrived, under"
        f" this --prefix; or it is longer ago than {MODEL_OUTPUTS.name} and"
        f" {DEAD_LETTERS['intake'].name} are kept."
    )


def _near(ref: Ref, others: set[Ref]) -> str:
    same = sorted(other for other in others if other[1] == ref[1] or other[0] == ref[0])
    by_id = {other[1]: other for other in same}
    exact = [by_id[ref[1]]] if ref[1] in by_id else []
    close = exact or [by_id[name] for name in get_close_matches(ref[1], by_id, SHOWN_MAX)]
    return " or ".join(
        f"--source {quote(cleaned(source))} --id {quote(cleaned(named))}" for source, named in close
    )


def _verdict(verdict: VerdictReached, history: History) -> str:
    seconds = (verdict.at - verdict.created_at).total_seconds()
    if verdict.by == "model":
        return f"The model's answer {quoted(verdict.answer, history)} stands; no person was asked."
    delivered = [published.event for published in history.of(AssignmentAnswered)]
    counted = sum(vote.standing == "counted" for vote in verdict.votes)
    besides = len(delivered) - counted
    more = f" and {besides} besides" if besides > 0 else ""
    return (
        f"{_answer(verdict, history)}, {sure(verdict)}, {seconds:.1f} s"
        f" after the task was made, from {answers(counted)}{more}; {_paid(history)}."
    )


def _answer(verdict: VerdictReached, history: History) -> str:
    return "No answer" if verdict.answer is None else quoted(verdict.answer, history)


def _paid(history: History) -> str:
    owed, payable = history.of(EarningAccrued), history.of(EarningConfirmed)
    if not owed:
        return "nothing is paid yet" if history.of(AssignmentAnswered) else "nobody is to be paid"
    sums: dict[tuple[str, int], int] = {}
    for published in payable:
        quote = published.event.quote
        place = quote.currency, quote.exponent
        sums[place] = sums.get(place, 0) + quote.amount_minor
    whole = [
        str(payable[0].event.quote.model_copy(
            update={"amount_minor": amount, "currency": currency, "exponent": exponent}
        ))
        for (currency, exponent), amount in sums.items()
    ]  # fmt: skip
    waiting = len(owed) - len(payable)
    left = f", {answers(waiting)} still to be paid" if waiting > 0 else ""
    return f"{' + '.join(whole) or 'nothing'} payable for {answers(len(payable))}{left}"


def _open(task: TaskCreated, history: History) -> str:
    asked: list[Event] = [published.event for kind in (TaskQueued, ReviewRequested)
                          for published in history.of(kind)]  # fmt: skip
    wanted = max((getattr(event, "wanted", 0) for event in asked), default=0)
    in_time = sum(not published.event.late for published in history.of(AssignmentAnswered))
    held = [seat.offered.worker_id for seat in seats(history).values()
            if seat.offered and not seat.endings]  # fmt: skip
    if not asked:
        return (
            "Not finished: the router has not taken the task up: is it running? It opens a pool"
            " that is new to it in some 20 s."
        )
    second = second_of(history)
    if second is not None:
        return f"Not finished: its {answers(in_time)} are being compared; see {trace_of(second)}"
    if in_time >= wanted:
        return f"Not finished: {answers(in_time)} are there, no verdict yet: is qa running?"
    lacking = f"Not finished: {in_time} of {answers(wanted)} wanted are there"
    if held:
        return f"{lacking}; asked and still to answer: {', '.join(sorted(held))}."
    if history.of(TaskUnroutable):
        return f"{lacking}; nobody registered fits: register somebody who does."
    until = f"{task.policy.times.deadline_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{lacking}; nobody who fits and was not asked yet is free; it waits until {until}."
