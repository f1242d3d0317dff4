"""A clean history leaves nothing overdue; each thing missing from one is named by what it is."""

import random

import pytest

from sentuh.audit.watch import standing as limits
from sentuh.audit.watch.expecting import Expectations, Memory
from sentuh.audit.watch.standing import DAY, FACTS_SECONDS, OUTPUTS_SECONDS, Findings, Standing
from services.intake import fold as intake
from services.qa import fold as qa
from services.router import fold as router
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import MODEL_OUTPUTS, RESPONSES, TASKS, VERDICTS, Names
from tests.sentuh.audit.journals import Log, a_clean_log, a_judged_task
from tests.sentuh.audit.wrongs import paid_another_amount, paid_twice
from tests.support.builders import after

GRACE = 60.0
START = after(0).timestamp()
LATER = START + 40 * 86_400.0
"""Past every deadline of the history, and past the grace after it."""


def looked(records: list[Record], *, at: float = LATER, first_read_at: float = START) -> Findings:
    standing = Standing(Names(), GRACE)
    for record in records:
        standing.take(record, first_read_at)
    assert standing.unreadable == 0
    return standing.look(at)


def without(kind: type[Event], log: Log) -> list[Record]:
    said = kind.TYPE.encode()
    return [one for one in log.records if dict(one.headers).get("ce_type") != said]


def of(kind: type[Event], log: Log) -> Record:
    said = kind.TYPE.encode()
    return next(one for one in log.records if dict(one.headers).get("ce_type") == said)


def a_response(log: Log, task_id: str, worker_id: str) -> Record:
    value = f'{{"task_id": "{task_id}", "worker_id": "{worker_id}"}}'.encode()
    headers = (("ce_type", b"offer.answered.v1"),)
    return log.append(Outgoing(log.names.of(RESPONSES), b"t", value, headers))


def test_nothing_of_a_clean_history_is_overdue_in_any_order() -> None:
    records = a_clean_log().records * 2
    for seed in range(20):
        random.Random(seed).shuffle(records)
        found = looked(records)

        assert found.ok, found
        assert not any(found.waiting.values())


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        (TaskCreated, {"output"}),
        (OutputWaived, {"output"}),
        (VerdictReached, {"task", "waived output"}),
        (AssignmentExpired, {"offer"}),
        (AssignmentAnswered, {"offer"}),
        (EarningAccrued, {"unpaid answer"}),
        (EarningConfirmed, {"unconfirmed earning"}),
    ],
)
def test_what_is_missing_is_overdue_by_its_name(missing: type[Event], what: set[str]) -> None:
    found = looked(without(missing, a_clean_log()))

    assert {name for name, count in found.overdue.items() if count} == what
    assert set(found.subjects) == what


def test_nothing_is_overdue_within_the_grace() -> None:
    records = without(EarningAccrued, a_clean_log())

    assert looked(records, at=START + GRACE).ok
    assert not looked(records, at=START + GRACE + 1).ok


def test_a_task_may_wait_until_its_deadline() -> None:
    task = of(TaskCreated, a_clean_log())

    assert looked([task], at=START + GRACE + 1).ok
    assert looked([task]).overdue == {"task": 1}


def test_an_answer_that_was_sent_is_kept_or_refused() -> None:
    log = a_clean_log()
    sent = a_response(log, "t-1", "w-9")
    lost = looked(log.records)
    log.dead_letter(sent, Refused(Reason.BAD_TOKEN, "no"), service="router")

    assert lost.overdue == {"answer": 1}
    assert lost.subjects == {"answer": ("t-1 w-9",)}
    assert looked(log.records).ok


def test_an_output_that_is_refused_has_ended() -> None:
    log = a_clean_log()
    record = log.output("t-9", b"no JSON")
    lost = looked(log.records)
    log.dead_letter(record, Refused(Reason.JSON_INVALID, "no"))

    assert lost.overdue == {"output": 1}
    assert looked(log.records).ok


def test_a_second_earning_is_double_pay_and_a_copy_is_not() -> None:
    log = a_clean_log()
    copies = looked(log.records + log.records)
    paid_twice(log)
    twice = looked(log.records)

    assert copies.paid_twice == 0
    assert twice.paid_twice == 1
    assert twice.subjects["paid twice"]
    assert not twice.ok


def test_another_amount_under_the_same_line_is_double_pay() -> None:
    log = a_clean_log()
    first = list(log.records)
    paid_another_amount(log)
    found = looked(first + log.records)

    assert looked(log.records).paid_twice == 0
    assert found.paid_twice == 1


def test_a_long_history_is_settled_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SETTLE_AT", 40)
    standing, held = Standing(Names(), GRACE), 0
    for number in range(200):
        log = Log()
        log.output(f"t-{number}")
        log.say(*a_judged_task(f"t-{number}", {"w-1": "cat", "w-2": "cat"}))
        for record in log.records:
            offset = number if record.topic == MODEL_OUTPUTS.name else record.offset
            standing.take(record._replace(offset=offset), START)
            held = max(held, standing.held)

    assert held < 100
    assert standing.look(LATER).ok


def test_what_waits_is_not_looked_through_again_for_every_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE_AT", 10)
    settled: list[int] = []
    settle = Expectations.settle

    def counted(expected: Expectations, *memories: Memory) -> None:
        settled.append(len(expected))
        settle(expected, *memories)

    monkeypatch.setattr(Expectations, "settle", counted)
    standing, output = Standing(Names(), GRACE), a_clean_log().records[0]
    for offset in range(1_000):
        standing.take(output._replace(offset=offset), START)

    assert len(settled) < 10


def test_the_verdict_of_a_task_that_may_outlive_it_is_not_awaited() -> None:
    kept = VERDICTS.kept_seconds
    assert kept
    task = of(TaskCreated, a_clean_log())
    waived = of(OutputWaived, a_clean_log())
    young = looked([task, waived], first_read_at=START + kept - 2 * DAY)
    old = looked([task, waived], first_read_at=START + kept)

    assert young.waiting == {"task": 1, "waived output": 1}
    assert not old.waiting


def test_it_remembers_longer_than_the_services_say_nothing_of_a_copy() -> None:
    assert limits.OUTPUTS_SECONDS > intake.ENDING_KEPT_SECONDS
    assert limits.CLOSED_SECONDS > router.ENDING_KEPT_SECONDS
    assert limits.CLOSED_SECONDS > qa.ENDING_KEPT_SECONDS


def test_a_copy_that_the_services_pass_over_is_neither_lost_nor_stuck() -> None:
    log = a_clean_log()
    answer, output = a_response(log, "t-1", "w-1"), log.records[0]
    standing = Standing(Names(), GRACE)
    for record in log.records:
        standing.take(record, START)
    copies = {
        8.9: output,
        12: of(OutputWaived, log),  # intake has forgotten the output, and ends it once more
        20: output,
        24: answer,
        28: of(TaskCreated, log),
    }
    for day, copy in copies.items():
        now = START + day * DAY
        standing.look(now)
        standing.take(copy._replace(offset=1_000 + int(day)), now)

        found = standing.look(now + GRACE + 1)
        assert found.ok, (day, found)


def test_a_copy_of_an_output_days_later_is_not_lost() -> None:
    log = a_clean_log()
    standing = Standing(Names(), GRACE)
    for record in log.records:
        standing.take(record, START)
    standing.look(START + FACTS_SECONDS * 2)
    standing.take(log.records[0], START + FACTS_SECONDS * 2)

    assert standing.look(START + OUTPUTS_SECONDS - 1).ok


def test_a_record_of_ours_that_cannot_be_read_is_counted() -> None:
    task = of(TaskCreated, a_clean_log())
    standing = Standing(Names(), GRACE)
    standing.take(Record(TASKS.name, 0, 0, task.key, b"{}", task.headers, 0), START)

    assert standing.unreadable == 1


def test_of_a_request_nothing_is_expected() -> None:
    log = a_clean_log()
    log.request("t-9")

    assert looked(log.records).ok
