"""The metrics that every service has, those of the pattern; labels are closed sets."""

import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter

from shared import VERSION
from shared.contracts.errors import Reason, TransientError
from shared.contracts.topics import BY_NAME, TOPICS, Names
from shared.observe.instruments import Instruments

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OTHER = "other"
OUTCOMES = ("committed", "replayed", "conflict", "unchanged")
CALLS = ("load", "commit", "settle")


class PatternMetrics:
    """Counts and measures what a service does with its records. Each process has one."""

    def __init__(self, service: str, registry: CollectorRegistry, names: Names) -> None:
        self._names = names
        self.instruments = Instruments(registry)
        self._own = f"sentuh_{service}_"
        self._is_whole = False
        self._of_records(service)
        self._of_failures()
        self._of_state()
        build_info(self.instruments, service)

    def _of_records(self, service: str) -> None:
        made = self.instruments
        reads = [*(row.name for row in TOPICS if service in row.readers), OTHER]
        writes = [*(row.name for row in TOPICS if row.owner == service), OTHER]
        self._records = made.counter(
            f"{self._own}records",
            "Records read, those that come again included.",
            "More work arrives, or records come again after a rebalance or a failure.",
            topic=reads,
        )
        self.lag = made.gauge(
            f"{self._own}lag_records",
            "Records not yet handled in the partitions this process holds.",
            "More comes in than is handled: start more replicas; or it stands still.",
            topic=reads,
        )
        self.unread_seconds = made.gauge(
            f"{self._own}oldest_unread_seconds",
            "Age of the oldest record not yet handled, from its arrival: by the broker's or our"
            " producer's time while it is being handled, else since when its partition stands.",
            "Whoever waits for this service waits so long: it is too slow, or something blocks it.",
            topic=reads,
        )
        self._lost_unread = made.gauge(
            f"{self._own}lost_unread_records",
            "Records that a topic lost before this service read them, as Redis holds them.",
            "Kafka deleted what nobody had read: too old, too much, or by somebody's command.",
            topic=reads,
        )
        self._reads = reads
        self.batch_seconds = made.histogram(
            f"{self._own}batch_seconds",
            (
                "Handling time of a batch, from Kafka until what came of it is published.",
                "Redis or Kafka answer slowly, or the machine is short of CPU.",
            ),
            _SECONDS,
        )
        self._of_outcomes(writes)

    def _of_outcomes(self, writes: Sequence[str]) -> None:
        made = self.instruments
        self._published = made.counter(
            f"{self._own}published",
            "Records published and acknowledged by Kafka.",
            "More work gets done.",
            topic=writes,
        )
        self._outcomes = made.counter(
            f"{self._own}outcomes",
            "What came of events: committed; replayed: came again and was recalled; conflict:"
            " overtaken and decided again; unchanged: nothing was left to do.",
            "replayed, unchanged: much comes again. conflict: processes are at the same tasks, as"
            " after a rebalance.",
            outcome=OUTCOMES,
        )
        self._by_outcome = {outcome: self._outcomes.labels(outcome) for outcome in OUTCOMES}

    def _of_failures(self) -> None:
        made = self.instruments
        self._letters = made.counter(
            f"{self._own}dead_letters",
            "Records that could not be handled, by reason.",
            "Somebody sends what cannot be read or is not theirs; `bug`, `crash_loop`: our fault.",
            reason=[str(reason) for reason in Reason],
        )
        self.waits = made.counter(
            f"{self._own}waits",
            "Waits because Redis or Kafka did not answer.",
            "Redis or Kafka is away; nothing is lost, all of it is late.",
        )
        store_failures = made.counter(
            f"{self._own}store_failures",
            "Calls of Redis that failed while records were handled (others are in the log alone).",
            "Redis is away, read-only, full or slow.",
            call=CALLS,
        )
        publish_failures = made.counter(
            f"{self._own}publish_failures",
            "Publications of handled records that failed or came too late; they are tried again.",
            "Kafka is away or refuses: rights, size, too few replicas in sync.",
        )
        self._failures = {call: store_failures.labels(call) for call in CALLS}
        self._failures["publish"] = publish_failures
        self.acknowledge_failures = made.counter(
            f"{self._own}acknowledge_failures",
            "Commits of offsets that failed; up to two seconds of records come again.",
            "The group's coordinator is away, or batches take longer than the session.",
        )
        self.rebalances = made.counter(
            f"{self._own}rebalances",
            "Times this process was told anew which partitions it holds.",
            "Processes come and go: a rollout, a crash loop, or sessions that time out.",
        )
        self.reply_headers = made.counter(
            f"{self._own}reply_headers",
            "Records that asked for a reply; none is ever sent.",
            "Somebody probes a public topic.",
        )

    def _of_state(self) -> None:
        made = self.instruments
        self.ready = made.gauge(
            f"{self._own}ready", "1 while the service can work.", "It can work again."
        )
        self.stuck = made.gauge(
            f"{self._own}stuck",
            "1 while records wait, none is handled and nothing is wrong outside; /live fails then.",
            "It has hung: a restart helps, and its orchestrator should have made one.",
        )
        self.redis_evicts = made.gauge(
            f"{self._own}redis_evicts",
            "1 while a Redis master may evict keys and SENTUH_REDIS_ALLOW_EVICTION is not set.",
            "Somebody changed maxmemory-policy: with its memory full, Redis deletes our state.",
        )
        self._epoch_open = made.gauge(
            f"{self._own}epoch_open", "1 while state is whole.", "State has been made whole."
        )
        self.epochs = made.counter(
            f"{self._own}epochs",
            "Catch-ups led by this process.",
            "Redis was emptied, restored, restarted or failed over.",
        )
        self.caught_up = made.counter(
            f"{self._own}caught_up_events",
            "Events folded by catch-ups.",
            "A catch-up is at work.",
        )

    def topic(self, name: str) -> str:
        """Return the label of a topic: its name without the prefix, or `other`."""
        bare = name.removeprefix(self._names.prefix)
        return bare if bare in BY_NAME else OTHER

    @property
    def is_whole(self) -> bool:
        """Whether the epoch of every slot is open."""
        return self._is_whole

    @is_whole.setter
    def is_whole(self, whole: bool) -> None:
        self._is_whole = whole
        self._epoch_open.set(whole)

    def read(self, topics: Sequence[str]) -> None:
        """Count a record read for each of these topics; a topic may be named often."""
        _count(self._records, self.topic, topics)

    def show_losses(self, records: Mapping[str, int]) -> None:
        """Show how many records each topic lost unread; 0 of a topic that is not named."""
        for topic in self._reads:
            self._lost_unread.labels(topic).set(records.get(topic, 0))

    def sent(self, topics: Sequence[str]) -> None:
        """Count a record published for each of these topics; a topic may be named often."""
        _count(self._published, self.topic, topics)

    def dead_letter(self, reason: Reason) -> None:
        """Count a record that went to the dead letters."""
        self._letters.labels(reason.value).inc()

    def outcome(self, outcome: str, count: int = 1) -> None:
        """Count an event, or so many of them, by what came of it."""
        self._by_outcome[outcome].inc(count)

    def failing(self, call: str) -> AbstractContextManager[None]:
        """Count a TransientError in a `with` block as a failure of this call, or of `publish`."""
        return self._failures[call].count_exceptions(TransientError)


def _count(counter: Counter, label: Callable[[str], str], topics: Sequence[str]) -> None:
    for topic in set(topics):
        counter.labels(label(topic)).inc(topics.count(topic))


def build_info(made: Instruments, part: str) -> None:
    """Expose version and Python as labels of a gauge that is always 1."""
    made.gauge(
        "sentuh_build_info",
        "1; the labels say what is running: part, its version, Python's.",
        "Another version is there: a rollout.",
        part=[part],
        version=[VERSION],
        python=[platform.python_version()],
    ).labels(part, VERSION, platform.python_version()).set(1)
