"""The audit reads the same source and id from an output's record as intake does."""

import base64
import json

import pytest

from sentuh.history.output_refs import Ref, is_hidden, is_request, own_place, ref_of
from services.intake.arrived import RequestArrived, read
from services.intake.envelope import read_envelope
from shared.contracts.framing import SCHEMA_HEADER
from shared.contracts.record import Headers, Record

REF = ("/models/m", "out-1")
EVENT = {"specversion": "1.0", "type": "model.output.v1", "source": "/models/m", "id": "out-1"}
BINARY: Headers = tuple((f"ce_{name}", text.encode()) for name, text in EVENT.items())
PAYLOAD = {"label": "cat", "score": 0.7}
HYPHENS: Headers = tuple((name.replace("_", "-"), text) for name, text in BINARY)
ENCODED = base64.b64encode(json.dumps({"response": PAYLOAD}).encode()).decode()
NAMED = json.dumps({"response": PAYLOAD, "source": "/models/m", "id": "out-1"}).encode()


def a_record(value: object, headers: Headers = ()) -> Record:
    return Record("model-outputs", 2, 7, None, json.dumps(value).encode(), headers, 0)


@pytest.mark.parametrize(
    ("record", "ref"),
    [
        (a_record(PAYLOAD, BINARY), REF),
        (a_record({"response": PAYLOAD}, BINARY), REF),
        (a_record({"response": PAYLOAD}, HYPHENS), REF),
        (a_record({**EVENT, "data_base64": ENCODED}), REF),
        (a_record(None)._replace(value=b"\xef\xbb\xbf" + NAMED), REF),
        (a_record(None)._replace(value=b"\x00\x00\x00\x00\x01" + NAMED), REF),
        (a_record({**EVENT, "data": PAYLOAD}), REF),
        (a_record({**EVENT, "data": {"response": PAYLOAD, "id": "out-1"}}), REF),
        (a_record({"response": PAYLOAD, "source": "/models/m", "id": "out-1"}), REF),
        (a_record({"id": "chatcmpl-1", "source": "/x", "choices": []}), None),
        (a_record({"response": PAYLOAD, "source": "/models/m"}), None),
        (a_record(PAYLOAD), None),
    ],
)
def test_source_and_id_are_those_that_intake_reads(record: Record, ref: Ref | None) -> None:
    theirs = read_envelope(record).ref

    assert ref_of(record) == ref
    if ref is None:
        place = own_place((theirs.source, theirs.id))
        assert place == ("model-outputs", 2, 7)
    else:
        assert theirs.id == ref[1]
        assert own_place(ref) is None


AVRO = b"\x00\x00\x00\x00\x07\x02\x06abc"


@pytest.mark.parametrize(
    ("record", "hidden"),
    [
        (a_record(None)._replace(value=AVRO), True),
        (a_record(None)._replace(value=AVRO[5:], headers=((SCHEMA_HEADER, AVRO[:5]),)), True),
        (a_record(None)._replace(value=AVRO, headers=BINARY), False),
        (a_record(PAYLOAD), False),
        (a_record(PAYLOAD, ((SCHEMA_HEADER, AVRO[:5]),)), False),
        (a_record(None)._replace(value=AVRO[:5] + NAMED), False),
        (a_record(None)._replace(value=b"no JSON"), False),
    ],
)
def test_a_name_that_only_a_schema_can_read_is_hidden(record: Record, hidden: bool) -> None:
    assert is_hidden(record) is hidden


@pytest.mark.parametrize("value", [None, b"", b"{", b"[" * 100_000, b"\xff", b"3"])
def test_what_cannot_be_read_has_no_name(value: bytes | None) -> None:
    assert ref_of(Record("model-outputs", 0, 0, None, value, (), 0)) is None


REQUESTED = {**EVENT, "type": "org.kubeflow.serving.inference.request"}
IN_HEADERS: Headers = tuple((f"ce_{name}", text.encode()) for name, text in REQUESTED.items())


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        (a_record({"instances": ["Hi"]}, IN_HEADERS), True),
        (a_record({**REQUESTED, "data": {"instances": ["Hi"]}}), True),
        (a_record({"response": {"text": REQUESTED["type"]}}, BINARY), False),
        (a_record({"response": {"text": REQUESTED["type"]}}), False),
        (a_record({**EVENT, "data": PAYLOAD}), False),
        (a_record(None)._replace(value=None), False),
    ],
)
def test_a_request_is_told_from_an_output(record: Record, asked: bool) -> None:
    assert is_request(record) is asked
    [unit] = read(record) if asked else [None]
    assert (unit is not None and isinstance(unit.event, RequestArrived)) is asked
