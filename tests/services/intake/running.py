"""Intake over a store in memory: records in, events and dead letters out."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from services.intake.catalog import Catalog, load
from services.intake.wiring import build
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import Names
from shared.observe.metrics import PatternMetrics
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.read_records import Reading
from shared.pattern.service import Service
from shared.state.store import Value
from shared.state.view import Twin
from tests.builders import NOW
from tests.running import facts

CATALOG = load(Path(__file__).parents[3] / "deploy" / "catalog.yaml")
INTAKE = build(CATALOG, names=Names())


def without(task_type: str, catalog: Catalog = CATALOG) -> Catalog:
    """The catalog after an operator took a task type out of it."""
    rows = {name: row for name, row in catalog.task_types.items() if name != task_type}
    return catalog.model_copy(update={"task_types": rows, "_by_format": {}})


class Running:
    """Takes records one by one, without remembering outcomes: state alone must do."""

    def __init__(self, service: Service = INTAKE) -> None:
        self.twin = Twin()
        self.announced: list[Event] = []
        self.told: list[Outgoing] = []
        self.letters: list[Outgoing] = []
        self.under(service)

    def under(self, service: Service) -> None:
        """Go on under another catalog."""
        self._service = service
        metrics = PatternMetrics(service.name, CollectorRegistry(), service.names)
        self._reading = Reading(service, metrics)

    def hear(self, *records: Record) -> list[Event]:
        """Handle each record; returns what was announced of it."""
        before = len(self.announced)
        for record in records:
            units, letters = self._reading.read([record])
            self.letters += letters
            for unit in units:
                decided = decide_unit(self._service, unit, self.twin, NOW)
                if decided.refused:
                    self.letters.append(self._reading.letter(record, decided.refused))
                self.told += decided.records
                self.announced += decided.events
        return self.announced[before:]

    @property
    def reasons(self) -> list[str]:
        """Why records went to the dead letters."""
        return [header(letter, "dl_reason") for letter in self.letters]

    @property
    def state(self) -> dict[str, Value]:
        """Everything known, but for revisions."""
        return facts(self.twin)


def header(said: Outgoing, name: str) -> str:
    """The value of a header that is there."""
    return dict(said.headers)[name].decode()
