"""A small whole history as records: one output waived, one judged by people, everybody paid."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sentuh.audit import Report, Sent, audit_records
from services.payout import ledger
from services.qa.agreement.choice import tally
from services.qa.agreement.terms import Ballot
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentExpired,
    AssignmentOffered,
    TaskClosed,
    TaskQueued,
)
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.parts import Requirement, SkillNeed, Why
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import text_of
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, Names
from tests.support.builders import (
    OPTIONS,
    POOL,
    TASK_TYPE,
    a_policy,
    a_quote,
    a_ref,
    a_task,
    a_waiver,
    after,
    an_answer,
    an_output,
)

E = TypeVar("E", bound=Event)
NEEDS = Requirement(skills=(SkillNeed(skill="animals", level_min=2),))
WHY = Why(required=NEEDS, chosen_among=3, rule="longest_idle")
WEIGHT = 0.82
_TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"


@dataclass
class Log:
    """Records in the order they were said, one partition a topic."""

    names: Names = field(default_factory=Names)
    records: list[Record] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    _ends: Counter[str] = field(default_factory=Counter)

    def say(self, *events: Event) -> None:
        """Append these events."""
        for event in events:
            said = envelope.encode(
                event, self.names, source="test", cause="cause", traceparent=_TRACE
            )
            self.append(said, at=event.at)

    def append(self, sent: Outgoing, *, at: datetime | None = None) -> Record:
        """Append a record as it is; returns it with its place."""
        stamp = int((at or after(0)).timestamp() * 1000)
        offset = self._ends[sent.topic]
        self._ends[sent.topic] += 1
        record = Record(sent.topic, 0, offset, sent.key, sent.value, sent.headers, stamp)
        self.records.append(record)
        return record

    def output(self, task_id: str, value: bytes = b'{"label":"cat"}') -> Record:
        """Append a model output as its publisher sends it, and list it as sent."""
        ref = a_ref(task_id)
        attributes = ref.model_dump(exclude_none=True).items()
        headers = tuple((f"ce_{key}", said.encode()) for key, said in attributes)
        self.sent.append(Sent(source=ref.source, id=ref.id))
        return self.append(Outgoing(self.names.of(MODEL_OUTPUTS), None, value, headers))

    def request(self, task_id: str) -> Record:
        """Append what a model server was asked, as KServe's logger sends it, of this output."""
        ref = a_ref(task_id)
        kind = "org.kubeflow.serving.inference.request"
        attributes = {"source": ref.source, "id": ref.id, "type": kind, "specversion": "1.0"}
        headers = tuple((f"ce_{key}", said.encode()) for key, said in attributes.items())
        body = b'{"instances": ["Hi"]}'
        return self.append(Outgoing(self.names.of(MODEL_OUTPUTS), None, body, headers))

    def dead_letter(self, record: Record, refused: Refused, *, service: str = "intake") -> Record:
        """Append the dead letter of a record."""
        topic = self.names.of(DEAD_LETTERS[service])
        return self.append(envelope.dead_letter(record, refused, service=service, topic=topic))

    def audit(self, *, sent: bool = True, allow_open: bool = False) -> Report:
        """What the audit says."""
        listed = self.sent if sent else None
        return audit_records(self.records, self.names, sent=listed, allow_open=allow_open)


def a_clean_log(names: Names | None = None) -> Log:
    """One waived output, and one judged by three people of whom one was late."""
    log = Log(names or Names())
    log.output("t-0")
    log.output("t-1")
    for number in (1, 2, 3):
        log.say(a_profile(f"w-{number}"))
    log.say(a_waiver("t-0"), a_model_verdict("t-0"))
    log.say(*a_judged_task("t-1", {"w-1": "cat", "w-2": "cat"}, late={"w-3": "dog"}))
    return log


def a_judged_task(
    task_id: str, answers: dict[str, str], *, late: dict[str, str] | None = None, start: float = 0
) -> list[Event]:
    """A task from its creation to its last earning; `late` come after their lease."""
    policy = a_policy(requirement=NEEDS, confidence=0.9)
    task = a_task(task_id, policy=policy, at=after(start))
    output = an_output()
    said = [an_answer(w, a, task_id=task_id, at=after(start + 30)) for w, a in answers.items()]
    lates = [
        an_answer(w, a, task_id=task_id, at=after(start + 35), late=True)
        for w, a in (late or {}).items()
    ]
    offers = [an_offer(w, task_id, at=after(start + 1)) for w in (*answers, *(late or {}))]
    expired = [an_expiry(w, task_id, at=after(start + 32)) for w in late or {}]
    verdict = a_verdict(said, lates, task_id=task_id, at=after(start + 40))
    queued = TaskQueued(
        pool=POOL, at=after(start), task_id=task_id, wanted=len(answers), output=output,
        policy=policy, ref=a_ref(task_id), created_at=task.at,
    )  # fmt: skip
    closed = TaskClosed(
        pool=POOL, at=after(start + 41), task_id=task_id, task_type=TASK_TYPE, reason="verdict",
        answers=tuple(sorted(answer.assignment_id for answer in said)),
    )  # fmt: skip
    lines = [line for answer in (*said, *lates) for line in earnings(answer, at=after(start + 42))]
    return [task, queued, *offers, *said, *expired, *lates, verdict, closed, *lines]


def a_profile(worker_id: str = "w-1", *, at: float = -60, **more: object) -> WorkerProfiled:
    return WorkerProfiled.model_validate(
        {
            "pool": POOL,
            "at": after(at),
            "worker_id": worker_id,
            "skills": {"animals": 3},
            "capacity": 1,
            **more,
        }
    )


def an_offer(
    worker_id: str = "w-1",
    task_id: str = "t-1",
    *,
    place: int = 0,
    turn: int = 1,
    at: datetime | None = None,
) -> AssignmentOffered:
    said = an_answer(worker_id, task_id=task_id).model_dump(exclude=_OF_AN_ANSWER)
    facts = {**said, "place": place, "turn": turn, "at": at or after(1)}
    return AssignmentOffered(**facts, why=WHY)


def an_expiry(worker_id: str, task_id: str = "t-1", **more: object) -> AssignmentExpired:
    said = an_answer(worker_id, task_id=task_id).model_dump(exclude={"quote", *_OF_AN_ANSWER})
    return AssignmentExpired.model_validate({**said, **more})


def a_verdict(
    answers: Sequence[AssignmentAnswered],
    late: Iterable[AssignmentAnswered] = (),
    *,
    task_id: str = "t-1",
    at: datetime | None = None,
) -> VerdictReached:
    """The verdict qa's own agreement gives these answers, each with the same weight."""
    ballots = [Ballot(one.assignment_id, one.worker_id, text_of(one.answer)) for one in answers]
    weights = dict.fromkeys((one.assignment_id for one in answers), WEIGHT)
    found = tally(ballots, OPTIONS, weights)
    return VerdictReached(
        pool=POOL,
        at=at or after(40),
        task_id=task_id,
        task_type=TASK_TYPE,
        ref=a_ref(task_id),
        by="people",
        answer=found.answer,
        probability=found.probability,
        distribution=dict(found.distribution),
        stop_reason="confident" if found.probability >= 0.9 else "exhausted",
        votes=tuple(_vote(one) for one in (*answers, *late)),
        wanted=len(answers),
        created_at=after(0),
    )


def a_model_verdict(task_id: str = "t-0") -> VerdictReached:
    return VerdictReached(
        pool=POOL,
        at=after(2),
        task_id=task_id,
        task_type=TASK_TYPE,
        ref=a_ref(task_id),
        by="model",
        answer="cat",
        probability=0.97,
        distribution={"cat": 0.97},
        stop_reason="waived",
        created_at=after(0),
    )


def earnings(
    answer: AssignmentAnswered, *, at: datetime | None = None, line_id: str = ""
) -> tuple[EarningAccrued, EarningConfirmed]:
    """What one answer earns: accrued, then confirmed."""
    quote = a_quote()
    facts = {
        "pool": POOL,
        "at": at or after(42),
        "task_id": answer.task_id,
        "task_type": answer.task_type,
        "assignment_id": answer.assignment_id,
        "worker_id": answer.worker_id,
        "line_id": line_id or natural_id("line", answer.task_id, answer.worker_id, "answer"),
        "quote": quote,
        "computation": "1 answer",
    }
    owed = ledger.accrue(POOL, answer.worker_id, quote)
    due = ledger.confirm(answer.worker_id, quote)
    return (
        EarningAccrued.model_validate({**facts, "entries": owed}),
        EarningConfirmed.model_validate({**facts, "entries": due}),
    )


def only(events: Iterable[Event], kind: type[E]) -> list[E]:
    """Those of one kind."""
    return [event for event in events if isinstance(event, kind)]


def _vote(answer: AssignmentAnswered) -> Vote:
    return Vote(
        assignment_id=answer.assignment_id,
        worker_id=answer.worker_id,
        answer=answer.answer,
        standing="surplus" if answer.late else "counted",
        late=answer.late,
        weight=None if answer.late else WEIGHT,
    )


_OF_AN_ANSWER = {"answer", "late", "answered_at", "digest"}
