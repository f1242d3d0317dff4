"""What one process works with: its service, its store, its publisher, a clock, metrics."""

from dataclasses import dataclass

from shared.clock import Clock
from shared.metrics import PatternMetrics
from shared.publish import Publisher
from shared.service import Service
from shared.store import Store


@dataclass(frozen=True, slots=True)
class Means:
    """The parts the pattern is made of, real or simulated."""

    service: Service
    store: Store
    publisher: Publisher
    clock: Clock
    metrics: PatternMetrics

    @property
    def journal(self) -> str:
        """The journal's name on the broker."""
        return self.service.names.of(self.service.card.journal)
