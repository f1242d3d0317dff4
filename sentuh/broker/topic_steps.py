"""What a topic on a broker has to become to be as its row says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.topics import Names, Topic

SAFE_REPLICATION = 3
TIME = "message.timestamp.type"
BY_SENDERS_TIME = (
    "until then Kafka deletes by the senders' time, also what nobody has read yet; of a topic"
    " that is in use, apply with --keep-all first (docs/operate.md#upgrading)"
)


@dataclass(frozen=True, slots=True)
class TopicStep:
    """One thing to do about one topic; no command does a `refit`, a person has to decide it.

    `advice` holds before it is done, and is empty where nothing speaks against doing it at once.
    """

    topic: str
    what: Literal["create", "change", "refit"]
    how: str
    row: Topic
    settings: Mapping[str, str]
    advice: str = ""

    @property
    def blocked(self) -> bool:
        """Whether a person has to decide."""
        return self.what == "refit"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the topics are to be: their names, copies, and whether strangers' records are kept."""

    names: Names
    replication: int
    keep_all: bool = False

    def settings(self, row: Topic, copies: int) -> dict[str, str]:
        """Return the settings of a row; from three copies on a write must reach two, or it fails.

        Example: with `keep_all`, `retention.ms` of `model-outputs` is "-1".
        """
        safe = {"min.insync.replicas": "2"} if copies >= SAFE_REPLICATION else {}
        kept = {"retention.ms": "-1"} if self.keep_all and row.border else {}
        return {**row.config(), **safe, **kept}


def creation(wanted: Wanted, row: Topic) -> TopicStep:
    """Return the step that creates a topic that is not there."""
    name, replication = wanted.names.of(row), wanted.replication
    settings = wanted.settings(row, replication)
    texts = ", ".join(f"{key}={value}" for key, value in sorted(settings.items()))
    how = f"{row.partitions} partitions, {replication} copies, {texts}"
    return TopicStep(name, "create", how, row, settings)


def drift(wanted: Wanted, row: Topic, about: Any, settings: Mapping[str, str]) -> list[TopicStep]:
    """Return the steps that correct a topic: of its partitions, of its settings, or none."""
    steps, name = [], wanted.names.of(row)
    count, copies = len(about.partitions), len(about.partitions[0].replicas)
    if count != row.partitions:
        how = (
            f"has {count} partitions, wants {row.partitions}: keys would change place; make it"
            " anew while nothing is under way, or change its row"
        )
        steps.append(TopicStep(name, "refit", how, row, {}))
    rows = wanted.settings(row, copies)
    wrong = {key: value for key, value in rows.items() if settings.get(key) != value}
    if wrong:
        texts = (f"{key}: {settings.get(key)} → {value}" for key, value in sorted(wrong.items()))
        advice = BY_SENDERS_TIME if TIME in wrong and row.append_time else ""
        steps.append(TopicStep(name, "change", ", ".join(texts), row, wrong, advice))
    return steps
