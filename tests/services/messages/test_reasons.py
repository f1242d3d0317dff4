"""Every reason of every service, with an input: the dead letter names place and fix."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from services.intake.schemas import (
    KeptSchemas,
    OneSchema,
    Registry,
    RegistryAccess,
    Schema,
    Schemas,
    SchemaText,
)
from services.intake.service import build
from services.router.decide.kept import NO_POOL, NO_PROFILE
from shared.contracts.errors import Reason, Refused
from shared.contracts.record import Headers, Record
from shared.contracts.topics import BY_NAME, Names
from shared.pattern.read_records import refusal_of_bug
from tests.contracts.samples import sample
from tests.services.intake.builders import a_record, a_sent
from tests.services.intake.in_memory import CATALOG, intake
from tests.services.messages.refusing import Spoil, dead_letter_of, with_field
from tests.services.messages.test_responses import RESPONSES
from tests.services.messages.words import assert_for_its_sender
from tests.services.payout.in_memory import PAYOUT
from tests.services.qa.in_memory import QA
from tests.services.router.in_memory import Desk
from tests.support.in_memory import InMemory

CHAT: JsonValue = {"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]}
TWO_LOOKS: JsonValue = {
    "text": "Hi.", "segments": [], "classes": ["a", "b"], "probabilities": [0.5, 0.5],
}  # fmt: skip
EVENT = {"ce_specversion": "1.0", "ce_type": "model.output.v1", "ce_source": "/m", "ce_id": "o-1"}
DEEP = b'{"response": ' + b"[" * 70 + b"]" * 70 + b"}"
NO_ONE_ALLOWED: JsonValue = {"answer": "right", "confidence": {"value": 0.4}}
ENDLESS = '{"type": "record", "name": "E", "fields": [{"name": "again", "type": "E"}]}'

OUTPUTS: Mapping[str, tuple[Reason, JsonValue | bytes | None, Mapping[str, str]]] = {
    "a tombstone": (Reason.TOMBSTONE, None, {}),
    "200 KiB": (Reason.TOO_LARGE, b" " * 200_000, {}),
    "20 KiB of headers": (Reason.HEADERS_TOO_LARGE, a_sent(), {"x": "x" * 20_000}),
    "a cut text": (Reason.JSON_INVALID, b'{"response": {', {}),
    "a mark within": (Reason.JSON_INVALID, b'{}\xef\xbb\xbf{}', {}),
    "NaN": (Reason.JSON_INVALID, b'{"response": NaN}', {}),
    "Avro": (Reason.JSON_INVALID, b"\x00\x00\x00\x00\x01\x02\x06abc", {}),
    "a number": (Reason.NOT_OBJECT, 5, {}),
    "JSON within text": (Reason.NOT_OBJECT, '{"response": {}}', {}),
    "70 lists deep": (Reason.TOO_DEEP, DEEP, {}),
    "a key twice": (Reason.DUP_KEY, b'{"id": 1, "id": 2}', {}),
    "an id without a source": (Reason.MISSING, a_sent(source=None), {}),
    "a type's header alone": (Reason.MISSING, a_sent(), {"ce_type": "model.output.v1"}),
    "source beside the output": (Reason.MISSING, {"source": "/m", "classes": []}, {}),
    "a field too many": (Reason.EXTRA_FORBIDDEN, a_sent(tenant="t"), {}),
    "another program's": (Reason.EXTRA_FORBIDDEN, {"response": "x", "finished": True}, {}),
    "a confidence that is a number": (
        Reason.INVALID_FIELD,
        a_sent(format="sentuh.output", response={"answer": "a", "confidence": 0.83}), {},
    ),
    "a model that is a number": (Reason.INVALID_FIELD, a_sent(model=5), {}),
    "a bell": (Reason.INVALID_FIELD, a_sent(request="\x07"), {}),
    "two prefixes": (Reason.INVALID_FIELD, a_sent(), {**EVENT, "ce-id": "o-1"}),
    "a header in quotes": (Reason.INVALID_FIELD, a_sent(), {**EVENT, "ce_type": '"x"'}),
    "another event": (Reason.UNSUPPORTED, a_sent(), {**EVENT, "ce_type": "task.created.v1"}),
    "a batch of events": (
        Reason.UNSUPPORTED, [{}], {"content-type": "application/cloudevents-batch+json"},
    ),
    "Kafka Connect's wrapping": (Reason.UNSUPPORTED, {"schema": {}, "payload": "a text"}, {}),
    "a later version": (
        Reason.UNKNOWN_VERSION, a_sent(), {**EVENT, "ce_type": "model.output.v2"},
    ),
    "a rewritten version": (Reason.UNKNOWN_VERSION, a_sent(), {**EVENT, "ce_specversion": "1"}),
    "no format we know": (Reason.UNKNOWN_FORMAT, {"guesses": [1]}, {}),
    "a line of a batch's results": (
        Reason.UNKNOWN_FORMAT, {"id": "b", "response": {"status_code": 200, "body": CHAT}}, {},
    ),
    "two formats": (Reason.AMBIGUOUS_FORMAT, TWO_LOOKS, {}),
    "a task type nobody has": (Reason.UNKNOWN_TASK_TYPE, a_sent(task_type="unheard-of"), {}),
    "a blank in an id": (Reason.BAD_ID, a_sent(id="a b"), {}),
    "an id that is ours": (Reason.BAD_ID, a_sent(id="sentuh:a"), {}),
    "qa's source": (Reason.FOREIGN_SOURCE, a_sent(source="sentuh:qa"), {}),
    "a file": (Reason.BAD_URL, a_sent(media={"ref": "file:///etc/passwd"}), {}),
    "a page": (
        Reason.BAD_MEDIA, a_sent(media={"inline": {"type": "text/html", "data": "AA=="}}), {},
    ),
    "two rows": (
        Reason.BAD_OUTPUT, a_sent(response={"classes": ["a"], "probabilities": [[1], [1]]}), {},
    ),
    "no choice": (
        Reason.BAD_OUTPUT,
        a_sent(format="openai.chat", response={"choices": [], "prompt_filter_results": []}), {},
    ),
    "a tool call": (
        Reason.BAD_OUTPUT,
        a_sent(format="openai.chat", response={"choices": [{"message": {
            "content": "", "tool_calls": [{"id": "c", "type": "function"}]}}]}), {},
    ),
    "an empty answer": (Reason.EMPTY_PAYLOAD, a_sent(response={}), {}),
    "thinking alone": (
        Reason.EMPTY_PAYLOAD,
        a_sent(format="openai.chat", response={"choices": [{
            "message": {"content": None, "reasoning": "So"}, "finish_reason": "length"}]}), {},
    ),
    "a year that is none": (
        Reason.TIME_OUT_OF_RANGE, a_sent(), {**EVENT, "ce_time": "1970-01-01T00:00:00Z"},
    ),
}  # fmt: skip

SCHEMAS: Mapping[Reason, Schemas] = {
    Reason.UNKNOWN_SCHEMA: KeptSchemas(Registry(RegistryAccess("http://registry.example"))),
    Reason.BAD_SCHEMA: OneSchema(Schema.of(SchemaText("{}"))),
    Reason.SCHEMA_MISMATCH: OneSchema(Schema.of(SchemaText('"int"'))),
    Reason.UNSUPPORTED: OneSchema(Schema.of(SchemaText("{}", rules=("ENCRYPT",)))),
    Reason.TOO_DEEP: OneSchema(Schema.of(SchemaText(ENDLESS))),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_an_output(case: str) -> None:
    reason, value, headers = OUTPUTS[case]
    record = a_record(b"" if value is None else value, headers)
    if value is None:
        record = record._replace(value=None)

    told, detail = dead_letter_of(intake(), record)

    assert told == reason
    assert_for_its_sender(detail)


@pytest.mark.parametrize("reason", SCHEMAS)
def test_an_output_that_names_a_schema(reason: Reason) -> None:
    running = InMemory(build(CATALOG, names=Names(), schemas=SCHEMAS[reason]))

    told, detail = dead_letter_of(running, a_record(b"\x00\x00\x00\x00\x01\x06abc"))

    assert told == reason
    assert_for_its_sender(detail)


def test_an_output_whose_id_had_other_content() -> None:
    running = intake()
    running.hear_records(a_record(a_sent(task_type="canonical", format="sentuh.output",
                                         response=NO_ONE_ALLOWED)))  # fmt: skip
    other = a_record(a_sent(task_type="canonical", format="sentuh.output", request="Which?",
                            response=NO_ONE_ALLOWED), offset=8)  # fmt: skip

    told, detail = dead_letter_of(running, other)

    assert told == Reason.ID_REUSE
    assert_for_its_sender(detail)


def with_header(name: str, text: str) -> Spoil:
    """A record with this header in place of its own."""

    def spoil(record: Record) -> Record:
        kept: Headers = tuple(pair for pair in record.headers if pair[0] != name)
        return record._replace(headers=(*kept, (name, text.encode())))

    return spoil


TRANSPORT: Mapping[str, tuple[Reason, Spoil]] = {
    "too large": (Reason.TOO_LARGE, lambda record: record._replace(value=b" " * 2_000_000)),
    "many headers": (
        Reason.HEADERS_TOO_LARGE,
        lambda record: record._replace(headers=(("x", b""),) * 100),
    ),
    "a cut text": (Reason.JSON_INVALID, lambda record: record._replace(value=b'{"pool": "m')),
    "a list": (Reason.NOT_OBJECT, lambda record: record._replace(value=b"[]")),
    "no pool": (Reason.MISSING, lambda record: record._replace(value=b"{}")),
    "another key": (Reason.KEY_MISMATCH, lambda record: record._replace(key=b"other")),
    "a pool that is a number": (Reason.INVALID_FIELD, with_field("pool", 5)),
    "no type": (Reason.UNSUPPORTED, lambda record: record._replace(headers=())),
    "an unknown type": (Reason.UNSUPPORTED, with_header("ce_type", "task.dreamt.v1")),
    "a type of another topic": (Reason.UNSUPPORTED, with_header("ce_type", "task.created.v1")),
    "a later version": (Reason.UNKNOWN_VERSION, with_header("ce_type", "verdict.reached.v9")),
    "a year that is none": (Reason.TIME_OUT_OF_RANGE, with_field("at", "1970-01-01T00:00:00Z")),
}
STRICT: Mapping[str, tuple[Reason, Spoil]] = {
    "a key twice": (Reason.DUP_KEY, lambda record: record._replace(value=b'{"a": 1, "a": 2}')),
    "70 lists deep": (Reason.TOO_DEEP, lambda record: record._replace(value=DEEP)),
    "a field too many": (Reason.EXTRA_FORBIDDEN, with_field("is_admin", True)),
    "a blank in an id": (Reason.BAD_ID, with_field("worker_id", "a b")),
    "a header twice": (
        Reason.INVALID_FIELD,
        lambda record: record._replace(headers=record.headers + record.headers[:2]),
    ),
    "a header in quotes": (Reason.INVALID_FIELD, with_header("ce_type", '"presence.changed.v1"')),
}
READ_BY = (
    ("router", "responses", "offer.answered.v1"),
    ("router", "workers", "worker.profiled.v1"),
    ("router", "presence", "presence.changed.v1"),
    ("router", "tasks", "task.created.v1"),
    ("router", "verdicts", "verdict.reached.v1"),
    ("qa", "assignments", "assignment.answered.v1"),
    ("payout", "assignments", "assignment.answered.v1"),
    ("payout", "verdicts", "verdict.reached.v1"),
)


def a_service(name: str) -> InMemory:
    """The service of this name, with nothing heard."""
    return Desk() if name == "router" else InMemory({"qa": QA, "payout": PAYOUT}[name])


@pytest.mark.parametrize("case", TRANSPORT)
@pytest.mark.parametrize(("service", "topic", "event_type"), READ_BY)
def test_an_event_on_any_topic(service: str, topic: str, event_type: str, case: str) -> None:
    reason, spoil = TRANSPORT[case]
    if topic == "tasks" and case == "a type of another topic":
        spoil = with_header("ce_type", "verdict.reached.v1")

    told, detail = dead_letter_of(a_service(service), spoil(sample(event_type).record()))

    assert told == reason
    assert_for_its_sender(detail)


@pytest.mark.parametrize("case", STRICT)
@pytest.mark.parametrize(
    ("topic", "event_type"),
    [(topic, event_type) for _, topic, event_type in READ_BY if BY_NAME[topic].border],
)
def test_an_event_that_outsiders_send(topic: str, event_type: str, case: str) -> None:
    reason, spoil = STRICT[case]

    told, detail = dead_letter_of(Desk(), spoil(sample(event_type).record()))

    assert told == reason
    assert topic in {"responses", "workers", "presence"}
    assert_for_its_sender(detail)


def test_a_bug_of_ours_says_whose_fault_it_is() -> None:
    assert_for_its_sender(refusal_of_bug(ValueError("hunter2")).detail)


STRANGERS = (NO_POOL, NO_PROFILE)


@pytest.mark.parametrize("refused", STRANGERS, ids=lambda refused: refused.reason)
def test_a_presence_that_waited_too_long(refused: Refused) -> None:
    assert_for_its_sender(refused.detail)


def test_no_reason_is_without_an_input() -> None:
    tried = {reason for reason, *_ in OUTPUTS.values()} | set(RESPONSES)
    tried |= {reason for reason, _ in (*TRANSPORT.values(), *STRICT.values())}
    tried |= {refused.reason for refused in STRANGERS} | set(SCHEMAS)
    # Tried by name above; a process that dies again and again is tried where batches are.
    tried |= {Reason.ID_REUSE, Reason.ASSIGNMENT_ENDED, Reason.BUG, Reason.CRASH_LOOP}

    assert tried == set(Reason)
