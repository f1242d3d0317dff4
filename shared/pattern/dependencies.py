"""The parts one process works with: its service, store, publisher, clock and metrics."""

from dataclasses import dataclass

from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import Clock
from shared.pattern.publishing import Publisher, Publishing
from shared.pattern.service import Service
from shared.state.store import Store


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The parts the pipeline is made of, real ones or simulated ones."""

    service: Service
    store: Store
    publisher: Publisher
    clock: Clock
    metrics: PatternMetrics

    def publishing(self, *, publish_seconds: float) -> Publishing:
        """Return a Publishing over these parts, with this bound in seconds."""
        return Publishing(
            self.publisher,
            journals=tuple(map(self.service.names.of, self.service.card.journals)),
            clock=self.clock,
            metrics=self.metrics,
            publish_seconds=publish_seconds,
        )
