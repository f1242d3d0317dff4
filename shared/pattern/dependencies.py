"""What one process works with: its service, its store, its publisher, a clock, metrics."""

from dataclasses import dataclass

from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import Clock
from shared.pattern.publishing import Publisher
from shared.pattern.service import Service
from shared.state.store import Store


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
