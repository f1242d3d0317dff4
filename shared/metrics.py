"""Metrics of the pattern itself, the same for every service; labels are closed sets."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.errors import Reason
from shared.topics import BY_NAME, Names

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class PatternMetrics:
    """Counts what the pattern does. One per process."""

    def __init__(self, service: str, registry: CollectorRegistry, names: Names) -> None:
        self._names = names
        self._records = Counter(
            f"sentuh_{service}_records", "Records read.", ["topic"], registry=registry
        )
        self._letters = Counter(
            f"sentuh_{service}_dead_letters",
            "Records that could not be handled.",
            ["reason"],
            registry=registry,
        )
        self._outcomes = Counter(
            f"sentuh_{service}_outcomes",
            "What came of the events: committed, replayed (came twice), conflict (decided again), "
            "unchanged.",
            ["outcome"],
            registry=registry,
        )
        self.published = Counter(
            f"sentuh_{service}_published", "Records published.", ["topic"], registry=registry
        )
        self.waits = Counter(
            f"sentuh_{service}_waits",
            "Waits because Redis or Kafka did not answer.",
            registry=registry,
        )
        self.reply_headers = Counter(
            f"sentuh_{service}_reply_headers",
            "Records that asked for a reply; none is ever sent.",
            registry=registry,
        )
        self.batch_seconds = Histogram(
            f"sentuh_{service}_batch_seconds",
            "Time to take one batch through the pattern.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.epochs = Counter(
            f"sentuh_{service}_epochs", "Catch-ups led by this process.", registry=registry
        )
        self.caught_up = Counter(
            f"sentuh_{service}_caught_up_events", "Events folded by catch-ups.", registry=registry
        )
        self.epoch_open = Gauge(
            f"sentuh_{service}_epoch_open", "1 while state is whole.", registry=registry
        )
        self.ready = Gauge(
            f"sentuh_{service}_ready", "1 while the service can work.", registry=registry
        )
        self.lag = Gauge(
            f"sentuh_{service}_lag_records",
            "Records not yet handled.",
            ["topic"],
            registry=registry,
        )
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
