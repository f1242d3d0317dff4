"""What services are given to do is valid: no dead letter, and every output gets its verdict."""

import pytest

from bench import flow
from bench.cases import Case, case
from bench.inside import SERVICES, Desk, build, memory_store
from bench.state import kind_of, slots_of
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, TASKS, VERDICTS, Names, Topic
from tests.support.in_memory import record_of
from tests.support.world.topic_logs import TopicLogs

NAMES = Names("bench-test-")
OUTPUTS = 12


def types(logs: TopicLogs, topic: Topic) -> list[str | None]:
    return [record.header("ce_type") for record in logs.of(topic)]


async def handled(work: Case, desk: Desk) -> None:
    """Raises if the service refuses a record."""
    await desk.take([record_of(said, offset=at) for at, said in enumerate(work.inputs)])


async def test_every_output_gets_its_verdict_and_every_answer_is_paid() -> None:
    whole = flow.Flow(NAMES)
    await whole.run(flow.outputs(NAMES, OUTPUTS), 6)

    answers = types(whole.logs, ASSIGNMENTS).count(AssignmentAnswered.TYPE)
    assert types(whole.logs, TASKS).count(OutputWaived.TYPE) == OUTPUTS / flow.WAIVED_EACH
    assert types(whole.logs, VERDICTS).count(VerdictReached.TYPE) == OUTPUTS
    assert types(whole.logs, EARNINGS).count(EarningConfirmed.TYPE) == answers > OUTPUTS


@pytest.mark.parametrize("service", ["intake", "qa", "payout"])
async def test_what_a_service_is_given_is_taken_by_it(service: str) -> None:
    made, logs = build(service, NAMES), TopicLogs(NAMES)
    found = await case(service, NAMES, 40, memory_store(made))

    await handled(found, Desk(made, memory_store(made), logs))

    journal = made.card.journal
    assert len(found.inputs) > 20
    assert logs.of(journal)


async def test_the_routers_answers_are_to_offers_its_state_knows() -> None:
    router, logs = build("router", NAMES), TopicLogs(NAMES)
    store = memory_store(router)
    found = await case("router", NAMES, 40, store)

    await handled(found, Desk(router, store, logs))

    said = types(logs, ASSIGNMENTS)
    tasks = sum(NAMES.row(given.topic) is TASKS for given in found.inputs)
    assert tasks > 0
    assert said.count(AssignmentAnswered.TYPE) == len(found.inputs) - tasks > 0
    assert b'"late":true' not in b"".join(record.value or b"" for record in logs.of(ASSIGNMENTS))


async def test_a_case_counts_only_what_stands_on_its_topics() -> None:
    for service in SERVICES:
        found = await case(service, NAMES, 20, memory_store(build(service, NAMES)))
        topics = {NAMES.of(topic) for topic in found.topics}
        assert {said.topic for said in found.inputs} == topics
        assert not set(found.topics) & set(found.others)


async def test_only_tasks_are_made_where_nothing_is_waived() -> None:
    whole = flow.Flow(NAMES)
    await whole.run(flow.outputs(NAMES, 4, waived_each=0), 4)

    assert types(whole.logs, TASKS) == [TaskCreated.TYPE] * 4


def test_keys_are_told_apart_by_what_they_hold() -> None:
    assert kind_of("{qa:main}:outcome:4f1e") == "outcome"
    assert kind_of("{qa:main}:markers") == "note"
    assert kind_of("{router:main}:task:t-1:content") == "live"


def test_every_slot_that_is_used_is_opened() -> None:
    assert slots_of(build("router", NAMES)) == ["{router:main}"]
    assert len(slots_of(build("intake", NAMES))) == 16
