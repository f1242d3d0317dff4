"""Every topic, one row each; creation, access rights and documents follow from these rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PARTITIONS = 6
"""Partitions of every topic keyed by task or worker: equal, so that one member has a task whole."""

_DAY = 86_400
SEGMENT_SECONDS = _DAY
"""A broker deletes whole segments of a partition, never single records; a segment spans a day."""
_KIB = 1024
ANSWERS_KEPT_SECONDS = 62 * _DAY
"""Of tasks and assignments. A verdict may name large answers by digest: these, given up to 30 days
before it, are to be found for as long as the verdict is, which is 30 days more.
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: who writes, who reads, how long it is kept.

    `size_bytes_max` is our limit on a record's value; the broker's own limit is 64 KiB higher.
    `kept_seconds` None is for ever. `border` topics are written by others and decoded strictly.
    Of these the broker sets the time of each record (`append_time`). A `journal` is what its
    owner's state is folded from, so the owner reads it too.
    """

    name: str
    owner: str
    readers: tuple[str, ...]
    key: str
    kept_seconds: int | None
    size_bytes_max: int
    compacted: bool = False
    border: bool = False
    journal: bool = False
    partitions: int = PARTITIONS

    @property
    def append_time(self) -> bool:
        """Whether the broker sets the time of each record to that of its arrival.

        By a time that strangers set, the broker would delete an old record before it is read, and
        refuse one ahead of its clock.
        """
        return self.border

    @property
    def takes_back(self) -> bool:
        """Whether a record without a value takes back what was last under its key.

        Example: on `workers` it deletes the worker's profile.
        """
        return self.compacted and self.border

    @property
    def broker_bytes_max(self) -> int:
        """The size of a record that the broker accepts at most: our limit, and room for headers."""
        return self.size_bytes_max + 64 * _KIB

    @property
    def readable_seconds(self) -> int | None:
        """Seconds after its writing in which a record may still be read; None: for ever.

        The oldest record of a segment outlives its retention until the segment is full and has
        passed the retention as a whole. Example: kept 30 days, readable for up to 31.
        """
        if self.kept_seconds is None or self.compacted:
            return None
        return self.kept_seconds + SEGMENT_SECONDS

    def config(self) -> Mapping[str, str]:
        """Return the topic's settings in Apache Kafka. Example: `{"retention.ms": "604800000",
        ...}`.
        """
        kept = -1 if self.kept_seconds is None or self.compacted else self.kept_seconds * 1000
        settings = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(kept),
            "max.message.bytes": str(self.broker_bytes_max),
            "message.timestamp.type": "LogAppendTime" if self.append_time else "CreateTime",
        }
        if not self.compacted:
            settings["segment.ms"] = str(SEGMENT_SECONDS * 1000)
        if self.border:
            settings["compression.type"] = "uncompressed"
        return settings


def _inner(name: str, owner: str, readers: tuple[str, ...], **more: object) -> Topic:
    row = {"key": "original", "kept_seconds": 30 * _DAY, "size_bytes_max": 704 * _KIB} | more
    return Topic(name=name, owner=owner, readers=readers, **row)  # type: ignore[arg-type]


MODEL_OUTPUTS = Topic(
    "model-outputs", "upstream", ("intake",), "free", 7 * _DAY, 192 * _KIB, border=True
)
MODEL_OUTPUTS_QA = Topic(
    "model-outputs.qa", "qa", ("intake",), "task", 7 * _DAY, MODEL_OUTPUTS.size_bytes_max
)
"""Outputs about which qa itself asks people. It alone writes here, so its name is not borrowed."""
TASKS = Topic(
    "tasks",
    "intake",
    ("router", "qa", "upstream"),
    "task",
    ANSWERS_KEPT_SECONDS,
    320 * _KIB,
    journal=True,
)
WORKERS = Topic(
    "workers", "operators", ("router",), "worker", None, 16 * _KIB, compacted=True, border=True
)
PRESENCE = Topic(
    "presence", "worker apps", ("router",), "worker", None, 4 * _KIB, compacted=True, border=True
)
OFFERS = Topic("offers", "router", ("worker apps",), "worker", _DAY, 448 * _KIB)
RESPONSES = Topic(
    "responses",
    "worker apps",
    ("router",),
    "task",
    7 * _DAY,
    64 * _KIB,
    border=True,
)
ASSIGNMENTS = Topic(
    "assignments",
    "router",
    ("qa", "payout"),
    "task",
    ANSWERS_KEPT_SECONDS,
    448 * _KIB,
    journal=True,
)
VERDICTS = Topic(
    "verdicts",
    "qa",
    ("intake", "router", "payout", "upstream"),
    "task or output",
    30 * _DAY,
    576 * _KIB,
    journal=True,
)
RATINGS = Topic(
    "ratings",
    "qa",
    ("router", "worker apps"),
    "pool, task type, worker",
    None,
    4 * _KIB,
    compacted=True,
)
"""The last of each key is not always the one that stands: each says its era and count."""
GOLDS = Topic(
    "golds",
    "operators",
    ("qa", "operators"),
    "pool, task type, gold",
    None,
    64 * _KIB,
    compacted=True,
    border=True,
)
"""Questions whose right answers are known. Workers never read of them, so no worker app may."""
PLACEMENTS = Topic(
    "placements",
    "qa",
    ("operators",),
    "pool, task type, gold, number",
    None,
    GOLDS.size_bytes_max + 16 * _KIB,
    compacted=True,
    journal=True,
)
"""Who was asked which gold, which must outlive the 30 days of `verdicts`: nobody has one twice."""
GATES = Topic(
    "gates",
    "intake",
    ("intake",),
    "gate",
    None,
    32 * _KIB,
    compacted=True,
    journal=True,
)
"""What intake's gates with a promise learned, which must outlive the 30 days of `verdicts`. Intake
reads it back too, so that each output is decided by how its gate stands.
"""
EARNINGS = Topic(
    "earnings", "payout", ("finance", "worker apps"), "worker", None, 64 * _KIB, journal=True
)
ROUTER_TIMERS = _inner(
    "router.timers", "router", ("router",), key="task", kept_seconds=_DAY, size_bytes_max=4 * _KIB
)
QA_TIMERS = _inner(
    "qa.timers", "qa", ("qa",), key="task", kept_seconds=_DAY, size_bytes_max=16 * _KIB
)
"""A timer names up to 20 workers and 16 golds: of the longest ids these come to 8 KiB."""

SERVICES = ("intake", "router", "qa", "payout")
DEAD_LETTERS: Mapping[str, Topic] = {
    service: _inner(
        f"{service}.dead-letters",
        service,
        # From intake's upstream learns what of its own was refused, and why.
        ("operators", "upstream") if service == "intake" else ("operators",),
        partitions=1,
    )
    for service in SERVICES
}

TOPICS: tuple[Topic, ...] = (
    MODEL_OUTPUTS,
    MODEL_OUTPUTS_QA,
    TASKS,
    WORKERS,
    PRESENCE,
    OFFERS,
    RESPONSES,
    ASSIGNMENTS,
    VERDICTS,
    RATINGS,
    GOLDS,
    PLACEMENTS,
    GATES,
    EARNINGS,
    ROUTER_TIMERS,
    QA_TIMERS,
    *DEAD_LETTERS.values(),
)
BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}


def read_by(reader: str) -> tuple[Topic, ...]:
    """Return the rows of the topics that this service or outside party reads."""
    return tuple(topic for topic in TOPICS if reader in topic.readers)


@dataclass(frozen=True, slots=True)
class Names:
    """Topic names as they are on one broker: `SENTUH_TOPIC_PREFIX` goes before every name."""

    prefix: str = ""
    _rows: Mapping[str, Topic] = field(default_factory=lambda: BY_NAME)

    def of(self, topic: Topic) -> str:
        """Return the topic's name on the broker, with the prefix."""
        return self.prefix + topic.name

    def row(self, name: str) -> Topic:
        """Return the row of a name on the broker; raises KeyError for a name of no row."""
        return self._rows[name.removeprefix(self.prefix)]
