"""What can be wrong with a history, one thing a function; each leaves the rest as it should be."""

from collections.abc import Callable

from sentuh.audit import Sent
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Asked, Units
from shared.contracts.events.assignments import TaskClosed
from shared.contracts.events.earnings import EarningAccrued, Entry
from shared.contracts.events.model import Event
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.record import Outgoing
from tests.sentuh.audit.journals import (
    Log,
    a_judged_task,
    a_profile,
    a_verdict,
    an_expiry,
    an_offer,
    earnings,
)
from tests.support.builders import POOL, a_quote, a_task, after, an_answer

Inject = Callable[[Log], None]


def changed(log: Log, kind: type[Event], **update: object) -> None:
    """Put another event of this kind in the place of the first."""
    for number, record in enumerate(log.records):
        if record.header("ce_type") == kind.TYPE and b"t-1" in (record.value or b""):
            event = kind.model_validate_json(record.value or b"")
            other = Log(log.names)
            other.say(event.model_copy(update=update))
            value = other.records[0].value
            log.records[number] = type(record)(
                record.topic, 0, record.offset, record.key, value, record.headers,
                record.timestamp_ms,
            )  # fmt: skip
            return
    raise AssertionError(f"no {kind.TYPE} in the log")


def dropped(log: Log, kind: type[Event], containing: bytes) -> None:
    """Take the first record of this kind out, as if it had never been."""
    number = next(
        n for n, record in enumerate(log.records)
        if record.header("ce_type") == kind.TYPE and containing in (record.value or b"")
    )  # fmt: skip
    del log.records[number]


def lost_output(log: Log) -> None:
    log.output("t-lost")


def lost_before_the_topic(log: Log) -> None:
    log.sent.append(Sent(source="/models/animals", id="out-never"))


def two_tasks_of_one_output(log: Log) -> None:
    again = a_task("t-9").model_copy(update={"ref": a_task("t-1").ref})
    verdict = a_verdict([], task_id="t-9").model_copy(
        update={"answer": None, "stop_reason": "exhausted", "ref": again.ref}
    )
    log.say(again, verdict)


def two_verdicts(log: Log) -> None:
    verdict = a_verdict([an_answer("w-1"), an_answer("w-2")])
    said = Log(log.names)
    said.say(verdict)
    headers = tuple((n, b"another-id" if n == "ce_id" else v) for n, v in said.records[0].headers)
    record = said.records[0]
    log.append(Outgoing(record.topic, record.key, record.value, headers))


def over_capacity(log: Log) -> None:
    log.say(a_profile("w-7"), a_profile("w-8"))
    log.say(*a_judged_task("t-2", {"w-7": "cat", "w-8": "cat"}, start=200))
    # w-7 takes one task at a time, and holds t-2 from 201 to 230.
    log.say(*worked("w-7", "t-1x", place=1, start=205))


def one_place_twice(log: Log) -> None:
    log.say(a_profile("w-7", capacity=2))
    log.say(*worked("w-7", "t-5x", place=0, start=200), *worked("w-7", "t-6x", place=0, start=201))


def turn_before_the_last_ended(log: Log) -> None:
    log.say(a_profile("w-7", capacity=2))
    log.say(*worked("w-7", "t-5x", place=0, start=200))
    log.say(*worked("w-7", "t-6x", place=0, turn=2, start=210))


def turn_before_the_last_was_over(log: Log) -> None:
    log.say(a_profile("w-7", capacity=2))
    offer, expiry = worked("w-7", "t-5x", place=0, start=200)
    log.say(offer, expiry.model_copy(update={"ended_at": after(215)}))
    log.say(*worked("w-7", "t-6x", place=0, turn=2, start=210))


def worked(worker: str, task: str, *, place: int, start: float, turn: int = 1) -> list[Event]:
    """An offer to nothing but a place, and its expiry."""
    offer = an_offer(worker, task, place=place, turn=turn, at=after(start))
    return [offer, an_expiry(worker, task, place=place, turn=turn, at=after(start + 20))]


def answered_twice(log: Log) -> None:
    again = an_answer("w-1", "dog", assignment_id="a-again")
    offer = an_offer("w-1", turn=2, at=after(31)).model_copy(update={"assignment_id": "a-again"})
    log.say(offer, again)


def counted_twice(log: Log) -> None:
    verdict = a_verdict([an_answer("w-1"), an_answer("w-2")], [an_answer("w-3", "dog", late=True)])
    changed(log, VerdictReached, votes=(*verdict.votes, verdict.votes[0]))


def counted_beyond_wanted(log: Log) -> None:
    log.say(*(a_profile(worker) for worker in ("w-4", "w-5", "w-6")))
    log.say(*a_judged_task("t-2", {"w-4": "cat", "w-5": "cat"}, start=200))
    said = [an_answer(worker, task_id="t-2", at=after(230)) for worker in ("w-4", "w-5", "w-6")]
    log.say(an_offer("w-6", "t-2", at=after(202)), said[-1], *earnings(said[-1]))
    _replaced_verdict(log, a_verdict(said, task_id="t-2", at=after(240)))


def _replaced_verdict(log: Log, verdict: VerdictReached) -> None:
    said = Log(log.names)
    said.say(verdict)
    for number, record in enumerate(log.records):
        if record.header("ce_id") == verdict.event_id:
            log.records[number] = type(record)(
                record.topic, 0, record.offset, record.key, said.records[0].value, record.headers,
                record.timestamp_ms,
            )  # fmt: skip


def never_ended(log: Log) -> None:
    log.say(a_profile("w-7"), an_offer("w-7", "t-1", at=after(5)))


def ended_twice(log: Log) -> None:
    log.say(an_expiry("w-1", at=after(31)))


def response_lost(log: Log) -> None:
    facts = {"pool": POOL, "at": after(50), "task_id": "t-1", "worker_id": "w-9"}
    log.say(OfferAnswered.model_validate({**facts, "token": "signed", "answer": "cat"}))


def late_counted(log: Log) -> None:
    late = an_answer("w-3", "dog", late=True)
    as_if = a_verdict([an_answer("w-1"), an_answer("w-2"), late.model_copy(update={"late": False})])
    fields = ("votes", "distribution", "probability", "answer", "stop_reason")
    changed(log, VerdictReached, **{name: getattr(as_if, name) for name in fields})
    log.say(_asks_for_three())


def _asks_for_three() -> Event:
    return ReviewRequested(
        pool=POOL, at=after(33), task_id="t-1", task_type="animals", wanted=3, probability=0.8
    )


def passed_over(log: Log) -> None:
    verdict = a_verdict([an_answer("w-2")])
    votes = (*a_verdict([an_answer("w-2")]).votes, *_late_vote(log))
    changed(
        log, VerdictReached, votes=votes, distribution=verdict.distribution,
        probability=verdict.probability, stop_reason="exhausted",
    )  # fmt: skip
    changed(log, TaskClosed, answers=("a-t-1-w-2",), reason="deadline")


def _late_vote(log: Log) -> tuple[object, ...]:
    return a_verdict([], [an_answer("w-3", "dog", late=True)]).votes


def unqualified(log: Log) -> None:
    log.say(a_profile("w-7", skills={"animals": 1}), *worked("w-7", "t-1", place=0, start=5))


def without_profile(log: Log) -> None:
    log.say(*worked("w-8", "t-1", place=0, start=5))


def wrong_probability(log: Log) -> None:
    changed(log, VerdictReached, probability=0.99, distribution={"cat": 0.99, "dog": 0.01})


def wrong_answer(log: Log) -> None:
    changed(log, VerdictReached, answer="dog")


def paid_twice(log: Log) -> None:
    log.say(*earnings(an_answer("w-1"), line_id="another-line"))


def paid_for_nothing(log: Log) -> None:
    log.say(*earnings(an_answer("w-8"), line_id="for-nothing"))


def paid_another_amount(log: Log) -> None:
    accrued, confirmed = earnings(an_answer("w-1"))
    more = a_quote(7)
    for line, kind in ((accrued, type(accrued)), (confirmed, type(confirmed))):
        entries = tuple(
            Entry(account=e.account, amount_minor=e.amount_minor * 7 // 5) for e in line.entries
        )
        changed(log, kind, quote=more, entries=entries)


def offered_less_than_the_task_says(log: Log) -> None:
    units = Units(per="word", count=7, rate_minor=1)
    changed(log, TaskCreated, asked=Asked(units=units))


def broken_entry(log: Log) -> None:
    accrued, _ = earnings(an_answer("w-1"))
    first = accrued.entries[0]
    wrong = Entry(account=first.account, amount_minor=first.amount_minor + 1)
    changed(log, EarningAccrued, entries=(wrong, *accrued.entries[1:]))


def another_pocket(log: Log) -> None:
    accrued, _ = earnings(an_answer("w-9"))
    changed(log, EarningAccrued, entries=accrued.entries)


def unpaid_minority(log: Log) -> None:
    for line in earnings(an_answer("w-3", "dog", late=True)):
        dropped(log, type(line), b"w-3")


def not_confirmed(log: Log) -> None:
    dropped(log, type(earnings(an_answer("w-3"))[1]), b"w-3")


def another_content(log: Log) -> None:
    log.say(an_answer("w-1", "dog"))


def first_not_kept(log: Log) -> None:
    record = log.output("t-2")
    log.dead_letter(record, Refused(Reason.ID_REUSE, "this id was used before with other content"))


def telling_letter(log: Log) -> None:
    record = log.output("t-2", b'{"text": "my name is Ayu Lestari"}')
    log.dead_letter(record, Refused(Reason.BAD_OUTPUT, "text: my name is Ayu Lestari is no label"))


def strange_header(log: Log) -> None:
    record = log.output("t-2", b"{")
    dead_letter = log.dead_letter(record, Refused(Reason.JSON_INVALID, "send JSON text in UTF-8"))
    log.records[-1] = type(dead_letter)(
        dead_letter.topic, 0, dead_letter.offset, dead_letter.key, dead_letter.value,
        (*dead_letter.headers, ("dl_value", b"x")), dead_letter.timestamp_ms,
    )  # fmt: skip
