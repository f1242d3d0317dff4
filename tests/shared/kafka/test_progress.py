"""Since when the oldest record waits that is not handled."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiokafka import TopicPartition as ClientPartition
from prometheus_client import CollectorRegistry

from shared.contracts.card import Card
from shared.contracts.record import TopicPartition
from shared.contracts.topics import EARNINGS, RESPONSES, VERDICTS, Names
from shared.kafka.progress import BY_BROKER, Progress
from shared.kafka.watermark import Watermarks, WatermarkSample
from shared.observe.metrics import PatternMetrics
from shared.pattern.service import Folds, Service

PART = ClientPartition(RESPONSES.name, 0)
NOW_MS = 1_800_000_000_000


@dataclass
class Sent:
    """A record as far as progress looks at it."""

    offset: int
    timestamp: int
    topic: str = PART.topic
    partition: int = PART.partition
    timestamp_type: int = BY_BROKER


class Looked:
    """A progress whose partition's samples and clock are given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.registry = CollectorRegistry()
        service = Service(
            Card("router", (RESPONSES, VERDICTS), EARNINGS), (), Folds(), lambda _: ""
        )
        metrics = PatternMetrics("router", self.registry, Names())
        self.now_ms, self.sample = NOW_MS, WatermarkSample(NOW_MS, 0, 0)
        self.progress = Progress(
            service, lambda: None, marks=Watermarks(skew_seconds=0), metrics=metrics
        )
        self.place = TopicPartition(*PART)
        monkeypatch.setattr(self.progress, "samples", lambda: {self.place: self.sample})
        monkeypatch.setattr("shared.kafka.progress.time.time", lambda: self.now_ms / 1000)

    def begin(self, *sent: Any) -> None:
        self.progress.begin(sent)

    def age(self, seconds: float, *, highwater: int, handled: int) -> float | None:
        """The age told so many seconds later."""
        self.now_ms += int(seconds * 1000)
        self.sample = WatermarkSample(self.now_ms, highwater, handled)
        self.progress.look()
        labels = {"topic": self.place.topic}
        return self.registry.get_sample_value("sentuh_router_oldest_unread_seconds", labels)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    return Looked(monkeypatch)


def test_nothing_waits_nothing_ages(looked: Looked) -> None:
    assert looked.age(1, highwater=5, handled=5) == 0
    assert looked.age(60, highwater=5, handled=5) == 0


def test_a_record_in_flight_is_as_old_as_it_says(looked: Looked) -> None:
    looked.begin(Sent(3, NOW_MS - 90_000), Sent(4, NOW_MS))

    assert looked.age(10, highwater=5, handled=3) == 100
    looked.progress.done()
    assert looked.age(1, highwater=5, handled=5) == 0


def test_what_was_not_fetched_waits_since_its_partition_stands(looked: Looked) -> None:
    first = looked.age(0, highwater=5, handled=3)
    later = looked.age(40, highwater=9, handled=3)
    moved = looked.age(1, highwater=9, handled=8)

    assert first == 0
    assert later == 40
    assert moved == 0


def test_a_record_without_a_time_waits_since_its_partition_stands(looked: Looked) -> None:
    looked.begin(Sent(3, -1))

    assert looked.age(0, highwater=5, handled=3) == 0
    assert looked.age(7, highwater=5, handled=3) == 7


YEAR_MS = 365 * 86_400_000


@pytest.mark.parametrize("off_ms", [-400 * 86_400_000, -YEAR_MS * 50, 60_000, YEAR_MS])
def test_a_time_that_a_sender_set_makes_nothing_old(looked: Looked, off_ms: int) -> None:
    looked.begin(Sent(3, NOW_MS + off_ms, timestamp_type=0))

    assert looked.age(0, highwater=5, handled=3) == 0
    assert looked.age(7, highwater=5, handled=3) == 7


def test_what_our_own_services_publish_has_its_own_time(looked: Looked) -> None:
    sent = Sent(3, NOW_MS - 90_000, topic=VERDICTS.name, timestamp_type=0)
    looked.begin(sent)
    looked.place = TopicPartition(VERDICTS.name, 0)

    assert looked.age(10, highwater=5, handled=3) == 100


def test_a_clock_that_is_ahead_makes_no_age_negative(looked: Looked) -> None:
    looked.begin(Sent(3, NOW_MS + 60_000))

    assert looked.age(5, highwater=5, handled=3) == 5
