"""Says what intake would do with one record: its own functions decide, on an empty state."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from prometheus_client import CollectorRegistry

from services.intake.arrived import OutputArrived, RequestArrived, output_in
from services.intake.catalog import Catalog
from services.intake.envelope import Envelope
from services.intake.schemas import NoRegistry, OneSchema, Schema, Schemas, SchemaText
from services.intake.server_calls import NOT_SHOWN
from services.intake.service import build
from shared.contracts.errors import Refused
from shared.contracts.events.parts import Gate
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import Names
from shared.observe.metrics import PatternMetrics
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.read_records import RecordReader, refusal_of_bug
from shared.pattern.service import Unit
from shared.state.view import View

_WITHOUT_SCHEMA = NoRegistry(
    "name the schema's file with --schema, or send plain JSON in UTF-8, without a registry's"
    " serializer"
)
Became = Literal["task", "waived", "kept", "refused"]


@dataclass(frozen=True)
class Checked:
    """What intake would say of one record.

    became: `task` (people see it), `waived` (the model's answer stands), `kept` (a model server's
    request, for its response) or `refused`. request: what is kept of that. output: the
    output in the common form, as JSON; None if it was not read. gate: why people see it, or do not.
    reason, detail: of a dead letter, with the fix.
    """

    where: str
    became: Became
    output: dict[str, Any] | None = None
    task_type: str | None = None
    gate: Gate | None = None
    event: dict[str, Any] | None = None
    reason: str | None = None
    detail: str | None = None
    request: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are set, for another program."""
        facts = {
            "file": self.where,
            "became": self.became,
            "task_type": self.task_type,
            "gate": None if self.gate is None else self.gate.model_dump(mode="json"),
            "output": self.output,
            "request": self.request,
            "event": self.event,
            "reason": self.reason,
            "detail": self.detail,
        }
        return {name: fact for name, fact in facts.items() if fact is not None}


class Checker:
    """Checks records under one catalog; it remembers none, so each is as if it came first.

    `avro` is the text of the schema by which records in Avro are read, whatever id they name; no
    registry is asked.
    """

    def __init__(self, catalog: Catalog, avro: str | None = None) -> None:
        names = Names("")
        schemas: Schemas = _WITHOUT_SCHEMA
        if avro is not None:
            schemas = OneSchema(Schema.of(SchemaText(avro)))
        self._service = build(catalog, names=names, schemas=schemas)
        metrics = PatternMetrics(self._service.name, CollectorRegistry(), names)
        self._reader = RecordReader(self._service, metrics)

    def check(self, where: str, record: Record) -> Checked:
        """Return what intake would do with this record; a fault of intake's own is `bug`."""
        try:
            [unit] = self._reader.units(record)
        except Refused as refused:
            return _refused(where, refused)
        except Exception as failure:  # noqa: BLE001 - told as intake would tell it
            return _refused(where, refusal_of_bug(failure))
        return self._decided(where, unit)

    def _decided(self, where: str, unit: Unit) -> Checked:
        row, arrived = self._service.row(unit.event), unit.checked
        assert row is not None  # noqa: S101 - every unit of intake's has a row
        view = View({one.prefix + one.suffix: (one.kind, {}) for one in row.load.reads(arrived)})
        output = None
        try:
            output = _output_of(arrived)
            decided = decide_unit(self._service, unit, view, datetime.now(UTC))
        except Exception as failure:  # noqa: BLE001 - told as intake would tell it
            return _refused(where, refusal_of_bug(failure), output)
        if decided.refused is not None:
            return _refused(where, decided.refused, output)
        if isinstance(arrived, RequestArrived):
            return Checked(where, "kept", request=NOT_SHOWN if arrived.too_long else arrived.text)
        [event] = decided.events
        if isinstance(event, TaskCreated):
            return Checked(
                where, "task", _as_json(event.output), event.policy.task_type, event.gate,
                _as_json(event),
            )  # fmt: skip
        assert isinstance(event, OutputWaived)  # noqa: S101 - intake announces one of these two
        return Checked(where, "waived", output, event.task_type, event.gate, _as_json(event))


def _output_of(arrived: object) -> dict[str, Any] | None:
    """Return the output that arrived, as JSON; that of a model server is read here."""
    try:
        if isinstance(arrived, Envelope):
            arrived = output_in(arrived)
    except Refused:
        return None
    return _as_json(arrived.output) if isinstance(arrived, OutputArrived) else None


def _refused(where: str, refused: Refused, output: dict[str, Any] | None = None) -> Checked:
    return Checked(where, "refused", output, reason=refused.reason.value, detail=refused.detail)


def _as_json(part: Any) -> dict[str, Any]:
    written: dict[str, Any] = part.model_dump(mode="json", exclude_none=True)
    return written
