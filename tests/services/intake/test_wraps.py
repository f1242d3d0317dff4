"""Bytes that real programs wrapped round an output: taken as the same output, or told the fix.

`wraps.json` holds headers and value (base64) as they were made by the CloudEvents SDKs of
JavaScript 10.0.0, Python 2.2.0, Go 2.16.2 (with kafka_sarama) and Java 4.0.1 (cloudevents-kafka),
Dapr's components-contrib 1.18.0, and Debezium 3.6.1's outbox router with Kafka Connect's
JsonConverter 4.3.1. KServe's logger writes its events with Go's SDK: here that of Go 2.16.2 and
that of JavaScript wrote them, with the attributes that the logger gives. The reported samples hold
more bytes of these SDKs, of confluent-kafka and of Connect.

`confluent.json` holds records of confluent-kafka 2.16.1's AvroSerializer and JSONSerializer, with
the schema's id before the value and in a header, and what Apicurio Registry 3.3.3 answered for the
schemas. It knows no UUIDs of schemas: those two are from the client's own registry in memory.
"""

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.arrived import RequestArrived, read
from services.intake.catalog.label_maps import LabelMap
from services.intake.envelope import Envelope, read_envelope
from services.intake.formats import read_output
from services.intake.schemas import KeptSchemas, Registry, RegistryAccess, in_json
from shared.contracts.record import Record
from tests.services.intake.builders import a_record, refused
from tests.support.schema_registry import SchemaRegistry

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "reported" / "samples"
WRAPS = {row["name"]: row for row in json.loads((HERE / "wraps.json").read_text())}
CONFLUENT = json.loads((HERE / "confluent.json").read_text())
MAPS = {"iris": LabelMap(classes=("setosa", "versicolor", "virginica"))}

TAKEN = [
    ("cloudevents-js-10.0.0-binary", "/models/js", "o-1", 0.58),
    ("cloudevents-js-10.0.0-structured", "/models/js", "o-1", 0.58),
    ("cloudevents-js-10.0.0-structured-bytes", "/models/js", "o-1", 0.58),
    ("cloudevents-js-10.0.0-kserve-response", "http://localhost:9081/", "r-7", 0.6),
    ("cloudevents-python-2.2.0-binary", "/models/python", "o-1", 0.58),
    ("cloudevents-python-2.2.0-structured", "/models/python", "o-1", 0.58),
    ("cloudevents-go-2.16.2-binary", "/models/go", "o-1", 0.58),
    ("cloudevents-go-2.16.2-structured", "/models/go", "o-1", 0.58),
    ("cloudevents-go-2.16.2-structured-bytes", "/models/go", "o-1", 0.58),
    ("cloudevents-java-4.0.1-binary", "/models/java", "o-1", 0.58),
    ("cloudevents-java-4.0.1-structured", "/models/java", "o-1", 0.58),
    ("cloudevents-java-4.0.1-structured-bytes", "/models/java", "o-1", 0.58),
    ("dapr-1.18.0-json", "/models/dapr", "o-1", 0.58),
    ("dapr-1.18.0-octet-stream", "/models/dapr", "o-1", 0.58),
    ("debezium-3.6.1-outbox-json-with-schema", "/models/outbox", "o-1", 0.58),
    ("debezium-3.6.1-outbox-expanded-with-schema", "/models/outbox", "o-1", 0.58),
    ("debezium-3.6.1-outbox-expanded", "/models/outbox", "o-1", 0.58),
]
SAMPLES_TAKEN = [
    "cloudevents-go-2.16.2-structured-bytes",
    "cloudevents-python-2.2.0-structured-bytes",
    "cloudevents-java-4.0.1-structured-vnd-json",
    "confluent-kafka-2.16.1-json-serializer-prefix",
    "connect-json-4.3.1-schemas",
]
PAIRS = [
    ("cloudevents-js-10.0.0-kserve", "iris", "5.9, 3.2, 4.8, 1.8"),
    ("cloudevents-go-2.16.2-kserve-v2", "intent", "Where is my parcel?"),
    (
        "cloudevents-go-2.16.2-kserve-chat",
        "spam",
        "system: Say spam or ham.\n\nuser: You won, write to ana@example.com",
    ),
]
"""A request and its response, as KServe's logger sends both: the model, and what it was asked."""
REFUSED = [
    ("dapr-1.18.0-text", "is text that holds JSON"),
    ("debezium-3.6.1-outbox-json-in-text", "encode it once"),
    ("debezium-3.6.1-change-with-schema", "are a change event's: unwrap it"),
    ("debezium-3.6.1-change", "are a change event's: unwrap it"),
]

WITH_SCHEMA = {
    "avro-prefix": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
    "avro-header": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
    "avro-prefix-reference": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
    "avro-prefix-logical": "invoice-1",
    "json-prefix": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
    "json-header": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
}
INVOICE = {
    "total": "1234.50",
    "due": "2026-12-31",
    "seen": "2026-11-30T19:00:00.123Z",
    "seen_exactly": "2026-11-30T19:00:00.123456Z",
    "at": "19:00:00.123",
    "ticket": "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11",
    "paid": None,
    "state": "OPEN",
    "extra": {"lines": 3, "note": "urgent", "vat": None},
}


def confluent_record(name: str) -> Record:
    [row] = [row for row in CONFLUENT["rows"] if row["name"].endswith(f"-2.16.1-{name}")]
    headers = {header: base64.b64decode(value) for header, value in row["headers"].items()}
    return a_record(base64.b64decode(row["value"]), headers)


@pytest.fixture(scope="module")
def schemas() -> Iterator[KeptSchemas]:
    """The schemas that the records of confluent-kafka name, got from a registry."""
    names = [row["name"].rpartition("2.16.1-")[2] for row in CONFLUENT["rows"]]
    with SchemaRegistry(CONFLUENT["answers"]).running() as registry:
        kept = KeptSchemas(Registry(RegistryAccess(registry.url)))
        asyncio.run(kept.get_for([confluent_record(name) for name in names]))
        yield kept


def record_of(name: str) -> Record:
    row = WRAPS[name]
    return a_record(base64.b64decode(row["value"]), row["headers"])


def envelope_of(record: Record) -> Envelope:
    return read_envelope(record, MAPS)


@pytest.mark.parametrize(("name", "source", "id_", "confidence"), TAKEN)
def test_what_is_wrapped_is_the_output_itself(
    name: str, source: str, id_: str, confidence: float
) -> None:
    envelope = envelope_of(record_of(name))
    assert (envelope.ref.source, envelope.ref.id) == (source, id_)
    assert read_output(envelope).confidence.value == pytest.approx(confidence)


@pytest.mark.parametrize("name", SAMPLES_TAKEN)
def test_reported_bytes_are_taken(name: str) -> None:
    sample = json.loads((SAMPLES / f"{name}.json").read_text())
    record = a_record(base64.b64decode(sample["value_base64"]), dict(sample["headers"]))
    assert read_output(envelope_of(record)).confidence.status == "ok"


@pytest.mark.parametrize(("name", "words"), REFUSED)
def test_refusal_names_the_setting(name: str, words: str) -> None:
    assert words in refused(record_of(name)).detail


def test_the_same_output_has_one_digest_however_it_is_wrapped() -> None:
    names = [name for name, source, *_ in TAKEN if source == "/models/outbox"]
    assert len({envelope_of(record_of(name)).digest for name in names}) == 1


@pytest.mark.parametrize(("name", "model", "asked"), PAIRS)
def test_request_and_response_have_one_id_and_are_told_apart(
    name: str, model: str, asked: str
) -> None:
    [request], [response] = (read(record_of(f"{name}-{kind}")) for kind in ("request", "response"))
    assert isinstance(request.event, RequestArrived)
    assert request.event.text == asked
    assert isinstance(response.checked, Envelope)
    assert response.checked.model == model
    assert response.checked.output_id == request.event.task_id
    assert response.id != request.id


def test_every_wrap_is_judged() -> None:
    pairs = {f"{name}-{kind}" for name, *_ in PAIRS for kind in ("request", "response")}
    assert {row[0] for row in (*TAKEN, *REFUSED)} | pairs == WRAPS.keys()


@pytest.mark.parametrize("name", WITH_SCHEMA)
def test_what_is_written_by_a_schema_is_the_output_itself(name: str, schemas: KeptSchemas) -> None:
    envelope = envelope_of(in_json(confluent_record(name), schemas))
    assert (envelope.ref.source, envelope.ref.id) == ("/models/confluent", WITH_SCHEMA[name])
    assert read_output(envelope).confidence.value == (None if "logical" in name else 0.58)


def test_types_that_json_has_not_are_text(schemas: KeptSchemas) -> None:
    envelope = envelope_of(in_json(confluent_record("avro-prefix-logical"), schemas))
    assert envelope.payload == INVOICE


def test_bytes_in_avro_are_a_mediums_base64(schemas: KeptSchemas) -> None:
    media = envelope_of(in_json(confluent_record("avro-prefix"), schemas)).media
    assert media is not None
    assert media.data == "iVBORw0KGgo="


def test_avro_and_json_of_one_output_have_one_digest(schemas: KeptSchemas) -> None:
    names = ("avro-prefix-reference", "json-prefix", "json-header")
    assert len({envelope_of(in_json(confluent_record(n), schemas)).digest for n in names}) == 1


def test_json_within_text_in_avro_is_named(schemas: KeptSchemas) -> None:
    record = in_json(confluent_record("avro-prefix-text"), schemas)
    assert "encode it once" in refused(record).detail
