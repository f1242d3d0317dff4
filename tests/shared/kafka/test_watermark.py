"""A watermark never runs ahead of what was handled, and moves while nothing comes."""

from datetime import UTC, datetime

from services.router import CARD
from shared.contracts.record import TopicPartition
from shared.contracts.topics import RESPONSES, ROUTER_TIMERS, Names
from shared.kafka.watermark import NEVER, Watermarks, WatermarkSample
from shared.pattern.service import Folds, Service

ROUTER = Service(
    card=CARD, rows=(), folds=Folds(), slot=lambda _: "{router:main}", names=Names("x-")
)
PLACE = TopicPartition(f"x-{RESPONSES.name}", 2)


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def some_marks(*, skew_seconds: float = 0) -> Watermarks:
    marks = Watermarks(skew_seconds=skew_seconds, prefix="x-")
    marks.hold(ROUTER, [PLACE, TopicPartition(f"x-{ROUTER_TIMERS.name}", 2)])
    return marks


def test_nothing_is_known_before_the_second_fetch() -> None:
    marks = some_marks()
    marks.see(PLACE, WatermarkSample(1_000, 5, 5))
    marks.see(PLACE, WatermarkSample(1_000, 5, 5))

    assert marks.read_until(2) == NEVER


def test_an_idle_partition_is_read_until_the_fetch_before_the_last() -> None:
    marks = some_marks()
    for polled in (1_000, 1_500, 2_000):
        marks.see(PLACE, WatermarkSample(polled, 5, 5))

    assert marks.read_until(2) == at(1_500)


def test_what_waits_to_be_handled_holds_the_mark_back() -> None:
    marks = some_marks()
    marks.see(PLACE, WatermarkSample(1_000, 5, 5))
    marks.see(PLACE, WatermarkSample(1_500, 9, 5))
    marks.see(PLACE, WatermarkSample(2_000, 9, 8))

    assert marks.read_until(2) == NEVER


def test_under_steady_load_the_mark_moves_once_its_own_end_is_handled() -> None:
    marks = some_marks()
    marks.see(PLACE, WatermarkSample(1_000, 5, 5))
    marks.see(PLACE, WatermarkSample(1_500, 9, 5))
    marks.see(PLACE, WatermarkSample(2_000, 30, 9))

    assert marks.read_until(2) == at(1_000)


def test_the_clocks_difference_is_taken_off() -> None:
    marks = some_marks(skew_seconds=1)
    for polled in (5_000, 5_500):
        marks.see(PLACE, WatermarkSample(polled, 0, 0))

    assert marks.read_until(2) == at(4_000)


def test_a_rebalance_forgets_every_mark() -> None:
    marks = some_marks()
    for polled in (1_000, 1_500):
        marks.see(PLACE, WatermarkSample(polled, 5, 5))
    marks.hold(ROUTER, [])

    assert marks.read_until(2) == NEVER
    assert list(marks.partitions()) == []


def test_held_are_the_partitions_of_the_timers() -> None:
    assert list(some_marks().partitions()) == [2]
