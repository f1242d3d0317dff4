"""A model server's request and response come apart, in any order, and become one task."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import JsonValue

from services.intake import keys
from services.intake.catalog import Catalog
from services.intake.metrics import IntakeMetrics
from services.intake.server_calls import NOT_SHOWN, REQUEST_BYTES_MAX
from services.intake.service import build
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import Names
from shared.pattern.decide_chunk import decide_unit
from shared.state.view import View
from tests.services.intake.builders import a_record
from tests.services.intake.in_memory import CATALOG, INTAKE, intake
from tests.services.intake.test_wraps import PAIRS, record_of
from tests.support.in_memory import InMemory

KSERVE = "org.kubeflow.serving.inference."
QUESTION: JsonValue = {"messages": [{"role": "user", "content": "Is it spam?"}]}
ASKED = "user: Is it spam?"
ANSWER: JsonValue = {
    "object": "chat.completion",
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "spam"}}
    ],
}
_offsets = count(1)


def an_event(kind: str, body: JsonValue, *, id_: str = "r-1", **more: str) -> Record:
    headers = {
        "ce_specversion": "1.0",
        "ce_type": KSERVE + kind,
        "ce_source": "http://localhost:9081/",
        "ce_id": id_,
        **{f"ce_{name}": text for name, text in more.items()},
    }
    return a_record(body, headers, offset=next(_offsets))


def a_request(body: JsonValue = QUESTION, **more: str) -> Record:
    return an_event("request", body, **more)


def a_response(body: JsonValue = ANSWER, **more: str) -> Record:
    return an_event("response", body, **more)


def kept(running: InMemory) -> list[str]:
    return [key for key in running.facts() if ":request:" in key]


def only(running: InMemory) -> TaskCreated:
    [task] = running.of(TaskCreated)
    return task


@pytest.mark.parametrize(("name", "model", "asked"), PAIRS)
def test_a_real_pair_becomes_one_task_that_shows_the_request(
    name: str, model: str, asked: str
) -> None:
    running = intake()
    request, response = (record_of(f"{name}-{kind}") for kind in ("request", "response"))
    running.hear_records(request, response, request, response)

    assert (only(running).output.model, only(running).output.request) == (model, asked)
    assert running.reasons() == []
    assert kept(running) == []


def test_a_response_that_comes_first_goes_on_without_and_nothing_is_kept_for_it() -> None:
    running = intake()
    running.hear_records(a_response(), a_request(), a_request(), a_response())

    assert only(running).output.request is None
    assert running.reasons() == []
    assert kept(running) == []


def test_a_request_waits_a_day_in_the_slot_of_its_response() -> None:
    running = intake()
    assert running.hear_records(a_request()) == []

    [key] = kept(running)
    [response] = running._reading.units(a_response())
    assert key == keys.request(response.checked.output_id)
    assert key.startswith(INTAKE.slot(response.event))
    assert running.twin.expiring[key] == int((running.now + timedelta(days=1)).timestamp())


def test_another_request_under_the_id_is_refused_and_the_first_stands() -> None:
    running = intake()
    running.hear_records(a_request(), a_request({"prompt": "other"}), a_response())

    assert running.reasons() == ["id_reuse"]
    assert only(running).output.request == ASKED


def test_a_response_with_other_content_is_refused_as_of_any_output() -> None:
    running = intake()
    other = a_response({"predictions": [[0.1, 0.3, 0.6]]})
    running.hear_records(a_request(), a_response(), other, a_request())

    assert running.reasons() == ["id_reuse"]
    assert len(running.announced) == 1


def test_of_two_requests_at_once_one_stands() -> None:
    running = intake()
    records = a_request(), a_request({"prompt": "other"})
    batches = [running.decide(running._reading.units(record)) for record in records]
    conflicts = [unit for batch in batches for unit in running.commit(batch)[0]]
    running.finish(conflicts)
    running.hear_records(a_response())

    assert running.reasons() == ["id_reuse"]
    assert only(running).output.request == ASKED


def test_a_request_decided_while_its_response_was_handled_is_not_kept() -> None:
    running = intake()
    batch = running.decide(running._reading.units(a_request()))
    running.hear_records(a_response())
    conflicts, _ = running.commit(batch)
    running.finish(conflicts)

    assert len(conflicts) == 1
    assert kept(running) == []


@pytest.mark.parametrize("keeps_outcomes", [True, False])
def test_with_redis_emptied_a_response_goes_on_once(keeps_outcomes: bool) -> None:
    before = InMemory(INTAKE, keeps_outcomes=keeps_outcomes)
    before.hear_records(a_request())
    emptied = InMemory(INTAKE, keeps_outcomes=keeps_outcomes)
    emptied.hear_records(a_response())
    assert only(emptied).output.request is None

    whole_again = InMemory(INTAKE, keeps_outcomes=keeps_outcomes)
    whole_again.catch_up_on(only(emptied))
    assert whole_again.hear_records(a_request(), a_response(), a_request()) == []
    assert (whole_again.reasons(), kept(whole_again)) == ([], [])


def test_request_and_response_of_one_batch_are_joined() -> None:
    running = intake()
    records = a_request(), a_response()
    running.finish([unit for record in records for unit in running._reading.units(record)])

    assert only(running).output.request == ASKED
    assert kept(running) == []


def test_a_waived_response_drops_its_request() -> None:
    running = intake()
    response = a_response({"predictions": [[0.001, 0.001, 0.998]]}, inferenceservicename="iris")
    running.hear_records(a_request({"instances": [[5.9, 3.2]]}), response)

    assert [event.TYPE for event in running.announced] == ["output.waived.v1"]
    assert kept(running) == []


def test_a_request_that_is_too_long_is_named_and_not_cut() -> None:
    running = intake()
    running.hear_records(a_request({"prompt": "a " * REQUEST_BYTES_MAX}), a_response())

    assert only(running).output.request == NOT_SHOWN
    assert kept(running) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([], "did not come before its response"),
        ([a_request({"prompt": "a " * REQUEST_BYTES_MAX})], "is longer than 32,768 bytes"),
    ],
)
def test_where_people_need_the_request_a_response_without_is_refused_with_the_fix(
    before: Sequence[Record], words: str
) -> None:
    running = intake()
    response = a_response({"predictions": [[0.1, 0.3, 0.6]]}, inferenceservicename="iris")
    running.hear_records(*before, response)

    assert running.reasons() == ["missing"]
    assert words in dict(running.dead_letters[0].headers)["dl_detail"].decode()


def test_a_refused_response_is_joined_when_it_is_replayed_behind_its_request() -> None:
    running = intake()
    response = a_response({"predictions": [[0.1, 0.3, 0.6]]}, inferenceservicename="iris")
    running.hear_records(response, a_request({"instances": ["petals"]}), response)

    assert running.reasons() == ["missing"]
    assert only(running).output.request == "petals"


def test_a_format_that_reads_the_request_gets_it() -> None:
    running = intake()
    entity: JsonValue = {"entity_group": "PER", "word": "Ann", "start": 0, "end": 3, "score": 0.5}
    running.hear_records(a_request({"inputs": "Ann met Bob."}), a_response([entity]))

    assert only(running).output.request == "Ann met Bob."
    assert only(running).output.answer == [{"start": 0, "end": 3, "label": "PER"}]


def test_what_nobody_can_read_is_no_dead_letter() -> None:
    running = intake()
    running.hear_records(a_request({"prompt": " "}), a_request({"instances": []}))

    assert (running.reasons(), kept(running)) == ([], [])


def redacting() -> Catalog:
    row = CATALOG.task_types["chat-check"].model_copy(update={"redact": ("email",)})
    return CATALOG.model_copy(update={"task_types": {**CATALOG.task_types, "chat-check": row}})


def test_a_request_is_redacted_as_any_text() -> None:
    running = InMemory(build(redacting(), names=Names()))
    name = "cloudevents-go-2.16.2-kserve-chat"
    running.hear_records(*(record_of(f"{name}-{kind}") for kind in ("request", "response")))

    assert "write to [email]" in str(only(running).output.request)
    assert not [one for one in running.published if b"ana@example.com" in (one.value or b"")]


def test_responses_are_counted_by_whether_their_request_is_shown() -> None:
    registry = CollectorRegistry()
    metrics = IntakeMetrics(registry, CATALOG.task_types)
    running = intake()
    running.hear_records(a_request(id_="r-1"))
    for record in (a_response(id_="r-1"), a_response(id_="r-2"), a_response(id_="r-3")):
        [unit] = running._reading.units(record)
        row = INTAKE.row(unit.event)
        assert row is not None
        view = View(running.twin.fetch(row.load.reads(unit.checked)))
        metrics.observe(decide_unit(INTAKE, unit, view, running.now).events, view)

    labels = {"task_type": "chat-check"}
    name = "sentuh_intake_responses_total"
    assert [
        registry.get_sample_value(name, {**labels, "request": request})
        for request in ("joined", "absent")
    ] == [1, 2]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["asked", "asked otherwise", "answered", "answered otherwise"]), max_size=8
    ),
    st.booleans(),
)
def test_in_any_order_each_record_has_its_outcome(order: list[str], keeps_outcomes: bool) -> None:
    records = {
        "asked": a_request(),
        "asked otherwise": a_request({"prompt": "other"}),
        "answered": a_response(),
        "answered otherwise": a_response({**json.loads(json.dumps(ANSWER)), "id": "chatcmpl-2"}),
    }
    running = InMemory(INTAKE, keeps_outcomes=keeps_outcomes)
    running.hear_records(*(records[one] for one in order))

    answers = [one for one in order if one.startswith("answered")]
    before = order[: order.index(answers[0])] if answers else order
    first = next((one for one in before if one.startswith("asked")), None)
    assert len(running.announced) == bool(answers)
    if answers:
        shown = {"asked": ASKED, "asked otherwise": "other", None: None}[first]
        assert only(running).output.request == shown
        assert kept(running) == []
    refused = sum(one != first for one in before) + sum(one != answers[0] for one in answers)
    assert running.reasons() == ["id_reuse"] * refused
