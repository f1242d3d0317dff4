"""Judges a stream of records: what is lost, stuck and paid twice at a moment. Does no I/O."""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentuh.audit.watch.expecting import Expectations, Expected, Fact, Memory, fact
from sentuh.history.output_refs import is_hidden, is_request, own_place, ref_of
from shared.contracts.card import ending_kept_seconds
from shared.contracts.errors import Refused
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
)
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.framing import unframed
from shared.contracts.record import Record
from shared.contracts.topics import (
    DEAD_LETTERS,
    MODEL_OUTPUTS,
    MODEL_OUTPUTS_QA,
    RESPONSES,
    VERDICTS,
    Names,
    read_by,
)

DAY = 86_400.0
OUTPUTS_SECONDS = DAY + ending_kept_seconds((MODEL_OUTPUTS, MODEL_OUTPUTS_QA))
"""A day longer than intake remembers how an output ended, during which it ignores a copy."""
CLOSED_SECONDS = DAY + max(ending_kept_seconds(read_by(name)) for name in ("router", "qa"))
"""A day longer than router and qa remember a closed task, during which they ignore a copy of the
task or of one of its answers."""
LINES_SECONDS = 8 * DAY + ending_kept_seconds(read_by("payout"))
"""Well longer than payout remembers what it owes, so that an earning is noticed that payout forgot
too early and paid twice."""
FACTS_SECONDS = 2 * DAY
VERDICTS_SECONDS = (VERDICTS.kept_seconds or math.inf) - DAY
"""The verdict of an older task may be deleted while the task is still there: Kafka deletes whole
segments of a day, and those of two topics do not begin together."""
SETTLE_AT = 10_000
"""From this number of waiting things on, those that are settled are looked for and removed."""

LOST = ("output", "answer")
STUCK = ("task", "waived output", "offer", "unpaid answer", "unconfirmed earning")
SHOWN_MAX = 10

_LETTERS = frozenset(topic.name for topic in DEAD_LETTERS.values())


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts of what is wrong or waits at one moment, by kind, and the first ids of each."""

    overdue: Mapping[str, int]
    waiting: Mapping[str, int]
    paid_twice: int
    subjects: Mapping[str, tuple[str, ...]]

    @property
    def ok(self) -> bool:
        """Whether nothing is overdue or paid twice."""
        return not self.paid_twice and not any(self.overdue.values())


class Standing:
    """Takes each record once, in any order between partitions, and judges at any moment.

    A thing is overdue `grace_seconds` after it was read and after its own deadline.
    Example: standing.take(record, now) for each record, then standing.look(now).overdue["task"].
    """

    def __init__(self, names: Names, grace_seconds: float) -> None:
        self._names = names
        self._grace = grace_seconds
        self._expected = Expectations()
        self._settle_at = SETTLE_AT
        self._endings = Memory(OUTPUTS_SECONDS)
        self._closed = Memory(CLOSED_SECONDS)
        self._facts = Memory(FACTS_SECONDS)
        self._lines = Memory(LINES_SECONDS)
        self._twice: dict[Fact, str] = {}
        self.unreadable = 0
        self._by_type: Mapping[str, Callable[[dict[str, Any], float], None]] = {
            TaskCreated.TYPE: self._task,
            OutputWaived.TYPE: self._waived,
            AssignmentOffered.TYPE: self._offered,
            AssignmentAnswered.TYPE: self._answered,
            AssignmentDeclined.TYPE: self._ended,
            AssignmentExpired.TYPE: self._ended,
            AssignmentWithdrawn.TYPE: self._ended,
            VerdictReached.TYPE: self._verdict,
            EarningAccrued.TYPE: self._accrued,
            EarningConfirmed.TYPE: self._confirmed,
        }

    def take(self, record: Record, now: float) -> None:
        """Take one record; `now` is the time in seconds since 1970."""
        name = self._names.row(record.topic).name
        if name in _LETTERS:
            self._dead_letter(record, now)
        elif name == MODEL_OUTPUTS.name:
            if not is_request(record):
                self._output(record, now)
        elif name == RESPONSES.name:
            self._response(record, now)
        else:
            self._event(record, now)
        if len(self._expected) > self._settle_at:
            self._settle()

    @property
    def held(self) -> int:
        """The number of things in memory: the waiting ones, and those settled since a look."""
        return len(self._expected)

    def look(self, now: float) -> Findings:
        """Return the findings at `now`; each record that was there by then must have been taken."""
        self._settle()
        for memory in (self._facts, self._endings, self._closed, self._lines):
            memory.forget(now)
        overdue, waiting = Counter[str](), Counter[str]()
        subjects: dict[str, list[str]] = {}
        for one in self._expected.waiting():
            waiting[one.what] += 1
            if one.due < now:
                overdue[one.what] += 1
                subjects.setdefault(one.what, []).append(one.subject)
        if self._twice:
            subjects["paid twice"] = list(self._twice.values())
        shown = {what: tuple(ids[:SHOWN_MAX]) for what, ids in subjects.items()}
        return Findings(overdue, waiting, len(self._twice), shown)

    def _settle(self) -> None:
        """Remove settled things; also while a long history is read, in which nearly all are."""
        self._expected.settle(self._facts, self._endings, self._closed)
        self._settle_at = SETTLE_AT + 2 * len(self._expected)

    # --- records of others ------------------------------------------------------------------

    def _output(self, record: Record, now: float) -> None:
        if is_hidden(record):
            return
        at = _spot(record.topic, record.partition, record.offset)
        ref = ref_of(record)
        subject = json.dumps(ref) if ref else f"{record.topic}[{record.partition}]@{record.offset}"
        ends = (at,) if ref is None else (at, fact("output", *ref))
        self._expect("output", at, subject, ends, now + self._grace)

    def _response(self, record: Record, now: float) -> None:
        if record.header("ce_type") != OfferAnswered.TYPE:
            return
        at = _spot(record.topic, record.partition, record.offset)
        body = _object(record.value)
        task, worker = str(body.get("task_id")), str(body.get("worker_id"))
        ends = (at, fact("answered", task, worker))
        self._expect("answer", at, f"{task} {worker}", ends, now + self._grace)

    def _dead_letter(self, record: Record, now: float) -> None:
        place = [record.header(f"dl_{part}") or "" for part in ("topic", "partition", "offset")]
        self._endings.keep(_spot(*place), now)

    # --- journals --------------------------------------------------------------------------------

    def _event(self, record: Record, now: float) -> None:
        handle = self._by_type.get(record.header("ce_type") or "")
        if handle is None:
            return
        try:
            handle(_object(record.value), now)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.unreadable += 1

    def _task(self, body: dict[str, Any], now: float) -> None:
        self._output_ended(body, now)
        due = max(now, _unix(body["policy"]["times"]["deadline_at"])) + self._grace
        self._await_verdict("task", body, now, due)

    def _waived(self, body: dict[str, Any], now: float) -> None:
        self._output_ended(body, now)
        self._await_verdict("waived output", body, now, now + self._grace)

    def _output_ended(self, body: dict[str, Any], now: float) -> None:
        ref = body["ref"]["source"], body["ref"]["id"]
        self._endings.keep(fact("output", *ref), now)
        if place := own_place(ref):
            _, partition, offset = place
            self._endings.keep(_spot(self._names.of(MODEL_OUTPUTS), partition, offset), now)

    def _await_verdict(self, what: str, body: dict[str, Any], now: float, due: float) -> None:
        if now - _unix(body["at"]) > VERDICTS_SECONDS:
            return
        task_id = body["task_id"]
        verdict = fact("verdict", task_id)
        self._expect(what, fact("task", task_id), task_id, (verdict,), due)

    def _offered(self, body: dict[str, Any], now: float) -> None:
        one = body["assignment_id"]
        due = max(now, _unix(body["answer_by"])) + self._grace
        subject = f"{one} {body['worker_id']}"
        self._expect("offer", fact("offered", one), subject, (fact("ended", one),), due)

    def _ended(self, body: dict[str, Any], now: float) -> None:
        self._facts.keep(fact("ended", body["assignment_id"]), now)

    def _answered(self, body: dict[str, Any], now: float) -> None:
        one, task, worker = body["assignment_id"], body["task_id"], body["worker_id"]
        self._closed.keep(fact("answered", task, worker), now)
        if not body["late"]:
            self._ended(body, now)
        paid = fact("accrued", task, worker)
        subject = f"{one} {worker}"
        self._expect("unpaid answer", fact("answer", one), subject, (paid,), now + self._grace)

    def _verdict(self, body: dict[str, Any], now: float) -> None:
        task = body["task_id"]
        self._closed.keep(fact("verdict", task), now)
        for vote in body["votes"]:
            done = (fact("confirmed", task, vote["worker_id"]),)
            subject = f"{vote['assignment_id']} {vote['worker_id']}"
            because = fact("vote", vote["assignment_id"])
            self._expect("unconfirmed earning", because, subject, done, now + self._grace)

    def _accrued(self, body: dict[str, Any], now: float) -> None:
        self._line("accrued", body, now)

    def _confirmed(self, body: dict[str, Any], now: float) -> None:
        self._line("confirmed", body, now)

    def _line(self, step: str, body: dict[str, Any], now: float) -> None:
        """Take an earning line; one that differs from the first for the same work pays twice."""
        if now - _unix(body["at"]) > LINES_SECONDS:
            return
        task, worker, quote = body["task_id"], body["worker_id"], body["quote"]
        pays = (quote["amount_minor"], quote["currency"], quote["exponent"])
        line = fact(body["line_id"], body["assignment_id"], *pays)
        self._facts.keep(fact(step, task, worker), now)
        work = fact(step, body["kind"], task, worker)
        if self._lines.keep(work, now, line) != line:
            self._twice[fact(task, worker, line)] = f"{task} {worker} {body['line_id']}"

    def _expect(
        self, what: str, because: Fact, subject: str, any_of: tuple[Fact, ...], due: float
    ) -> None:
        self._expected.add(because, Expected(what, subject, due, any_of))


def _spot(topic: str, partition: object, offset: object) -> Fact:
    return fact("spot", topic, partition, offset)


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _object(value: bytes | None) -> dict[str, Any]:
    try:
        data = json.loads(unframed(value or b"{}"))
    except (ValueError, RecursionError, Refused):
        return {}
    return data if isinstance(data, dict) else {}
