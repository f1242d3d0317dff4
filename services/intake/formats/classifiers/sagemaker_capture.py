"""The format `sagemaker.capture`: a line of SageMaker's data capture, with the reply as text in it.

`captureData.endpointOutput.data` is text in the `encoding` beside it: JSON, CSV or BASE64 (which
SageMaker uses where the endpoint lists no content type). The text is read as the reply would be:
JSON in any format, CSV as one row of numbers, whose classes the catalog's label map names. The
input that was captured is shown as the request where it is text.
"""

import base64
import csv
import io
import math

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import beside_answer, chat, pipelines, speech
from services.intake.formats import payload as read_as
from services.intake.formats.classifiers import (
    kserve_v1,
    kserve_v2,
    onnx_runtime,
    proba_row,
    scores_by_class,
    sklearn_proba,
    triton_classification,
)
from services.intake.formats.payload import Format
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from shared.contracts.labels import LABEL_CHARACTERS_MAX
from shared.contracts.strictjson import JsonObject, parse

_WHERE = "$.captureData.endpointOutput"
_WITHIN = (
    *chat.FORMATS, *pipelines.FORMATS, *speech.FORMATS, sklearn_proba.FORMAT, kserve_v1.FORMAT,
    kserve_v2.FORMAT, triton_classification.FORMAT, onnx_runtime.FORMAT, proba_row.FORMAT,
    scores_by_class.FORMAT,
)  # fmt: skip


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object with captured data."""
    return isinstance(payload, dict) and isinstance(payload.get("captureData"), dict)


def read(envelope: Envelope) -> Output:
    """Return the output of the captured reply. Raises Refused where nobody here can read it."""
    payload = read_as.an_object(envelope.payload, "$")
    captured = read_as.an_object(payload.get("captureData"), "$.captureData")
    if captured.get("endpointOutput") is None:
        raise Refused(
            Reason.EMPTY_PAYLOAD, f"{_WHERE}: is missing: send what was captured of the output"
        )
    reply = _reply(read_as.an_object(captured["endpointOutput"], _WHERE))
    sent = envelope._replace(payload=reply, request=envelope.request or _request(captured))
    within = [known for known in _WITHIN if known.recognises(reply)]
    if len(within) != 1:
        fix = "send the reply itself, with its format, in our envelope"
        raise Refused(Reason.UNKNOWN_FORMAT, f"{_WHERE}.data: is in no format known here: {fix}")
    try:
        output = beside_answer.checked(within[0].read(sent), reply)
    except Refused as refused:
        raise refused.within(f"{_WHERE}.data: ") from None
    path = output.confidence.source_path
    confidence = output.confidence.model_copy(
        update={"source_path": path and f"{_WHERE}.data{path.removeprefix('$')}"}
    )
    return output.model_copy(update={"format": FORMAT.name, "confidence": confidence})


def _reply(captured: JsonObject) -> JsonValue:
    text = _text(captured, _WHERE)
    if captured.get("encoding") == "CSV" or _is_csv(captured):
        return _numbers(text)
    try:
        return parse(text.encode("utf-8", "replace"))
    except Refused as refused:
        raise refused.within(f"{_WHERE}.data: ") from None


def _text(captured: JsonObject, where: str) -> str:
    text = read_as.a_text(captured.get("data"), f"{where}.data")
    encoding = captured.get("encoding")
    if encoding in ("JSON", "CSV"):
        return text
    if encoding != "BASE64":
        raise read_as.bad(f"{where}.encoding: send JSON, CSV or BASE64")
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        raise read_as.bad(f"{where}.data: send standard base64 of text in UTF-8") from None


def _is_csv(captured: JsonObject) -> bool:
    stated = captured.get("observedContentType")
    return isinstance(stated, str) and stated.strip().lower().startswith("text/csv")


def _numbers(text: str) -> JsonValue:
    """Return the one row of a CSV text as a list, its cells as numbers where they are such."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error:
        raise read_as.bad(f"{_WHERE}.data: is no CSV: send rows of values") from None
    if len(rows) != 1:
        raise read_as.bad(f"{_WHERE}.data: send one row: each output in a record of its own")
    return [_cell(cell) for cell in rows[0]]


def _cell(cell: str) -> JsonValue:
    """Return a cell's number, None for one that is not finite, or its text."""
    if len(cell) > LABEL_CHARACTERS_MAX:
        return cell
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(number):
        return None
    return int(cell) if cell.strip().isdecimal() else number


def _request(captured: JsonObject) -> str | None:
    given = captured.get("endpointInput")
    if not isinstance(given, dict):
        return None
    try:
        text = _text(given, "$.captureData.endpointInput")
    except Refused:
        return None
    return text if text.isprintable() or text.replace("\n", "").isprintable() else None


FORMAT = Format(
    "sagemaker.capture",
    recognises,
    read,
    marks=("captureData",),
    programs="SageMaker's data capture (JSON, CSV, BASE64)",
    confidence="as in the format of the reply within",
    example={
        "captureData": {
            "endpointOutput": {
                "observedContentType": "application/json", "mode": "OUTPUT", "encoding": "JSON",
                "data": '[{"label": "spam", "score": 0.55}]',
            }
        },
        "eventMetadata": {"eventId": "e-1", "inferenceTime": "2026-01-01T00:00:00Z"},
        "eventVersion": "0",
    },
)  # fmt: skip
