"""Metrics of the pattern itself, the same for every service; labels are closed sets."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.errors import Reason
from shared.topics import BY_NAME, Names

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_OUTCOMES = "What came of events: committed, replayed (came twice), conflict (redone), unchanged."


class PatternMetrics:
    """Counts what the pattern does. One per process."""

    def __init__(self, service: str, registry: CollectorRegistry, names: Names) -> None:
        self._names = names

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"sentuh_{service}_{name}", what, labels, registry=registry)

        def gauge(name: str, what: str, *labels: str) -> Gauge:
            return Gauge(f"sentuh_{service}_{name}", what, labels, registry=registry)

        self._records = counter("records", "Records read.", "topic")
        self._letters = counter("dead_letters", "Records that could not be handled.", "reason")
        self._outcomes = counter("outcomes", _OUTCOMES, "outcome")
        self.published = counter("published", "Records published.", "topic")
        self.waits = counter("waits", "Waits because Redis or Kafka did not answer.")
        self.reply_headers = counter(
            "reply_headers", "Records that asked for a reply; none is ever sent."
        )
        self.batch_seconds = Histogram(
            f"sentuh_{service}_batch_seconds",
            "Time to take one batch through the pattern.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.epochs = counter("epochs", "Catch-ups led by this process.")
        self.caught_up = counter("caught_up_events", "Events folded by catch-ups.")
        self.epoch_open = gauge("epoch_open", "1 while state is whole.")
        self.ready = gauge("ready", "1 while the service can work.")
        self.lag = gauge("lag_records", "Records not yet handled.", "topic")
        for reason in Reason:
            self._letters.labels(reason.value)
        for outcome in ("committed", "replayed", "conflict", "unchanged"):
            self._outcomes.labels(outcome)

    def topic(self, name: str) -> str:
        """The label of a topic: its own name without the prefix, or `other`."""
        bare = name.removeprefix(self._names.prefix)
        return bare if bare in BY_NAME else "other"

    def read(self, topic: str, count: int = 1) -> None:
        """Records read of a topic."""
        self._records.labels(self.topic(topic)).inc(count)

    def dead_letter(self, reason: Reason) -> None:
        """A record went to the dead letters."""
        self._letters.labels(reason.value).inc()

    def outcome(self, outcome: str) -> None:
        """What came of one event."""
        self._outcomes.labels(outcome).inc()
