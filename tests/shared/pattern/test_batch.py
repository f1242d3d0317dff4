"""A batch on its way: what stands for it if it crashes, under which epoch, what settles it."""

import pytest

from shared.contracts.errors import EpochGone
from shared.contracts.events.timers import LaneDue
from shared.contracts.record import Ack, Record, TopicPartition
from shared.pattern.batch import ALONE, Batch
from shared.pattern.in_flight import UnitInFlight
from shared.pattern.service import Unit
from tests.support.builders import NOW

SLOT, OTHER = "{qa:main}", "{qa:other}"
EVENT = LaneDue(pool="main", at=NOW, lane="|")


def a_unit(
    partition: int, offset: int, *, slot: str = SLOT, outcome_kept: bool = True
) -> UnitInFlight:
    record = Record("tasks", partition, offset, b"k", b"{}", (), 0)
    return UnitInFlight(
        Unit(record, f"{partition}-{offset}", EVENT, EVENT), slot, outcome_kept=outcome_kept
    )


def a_batch(*units: UnitInFlight) -> Batch:
    return Batch(list(units), lambda: False)


def test_the_first_event_of_each_partition_stands_for_a_batch() -> None:
    batch = a_batch(a_unit(1, 7), a_unit(1, 8), a_unit(0, 3, slot=OTHER), a_unit(0, 4))

    assert batch.attempts() == {SLOT: ("1-7",), OTHER: ("0-3",)}


def test_each_event_of_a_batch_that_crashes_is_counted_alone_too() -> None:
    batch = a_batch(a_unit(1, 7), a_unit(1, 8))
    batch.crash_loop = True

    assert set(batch.attempts()[SLOT]) == {"1-7", "1-7" + ALONE, "1-8" + ALONE}


def test_only_the_first_chunk_counts_the_attempt() -> None:
    chunks = a_batch(*(a_unit(0, offset) for offset in range(5))).chunks(2)

    assert [len(chunk.units) for chunk in chunks] == [2, 2, 1]
    assert [bool(chunk.attempts) for chunk in chunks] == [True, False, False]


def test_a_chunk_is_as_long_as_its_longest_slot() -> None:
    slots = (SLOT, OTHER, SLOT, OTHER, OTHER, SLOT)
    chunks = a_batch(*(a_unit(0, at, slot=slot) for at, slot in enumerate(slots))).chunks(2)

    assert [[one.unit.record.offset for one in chunk.units] for chunk in chunks] == [
        [0, 1, 2, 3],
        [4, 5],
    ]


def test_a_batch_that_sees_two_epochs_is_dropped() -> None:
    batch = a_batch(a_unit(0, 1))
    batch.remember_epochs({SLOT: "e-1", OTHER: "e-7"})
    batch.remember_epochs({SLOT: "e-1"})

    with pytest.raises(EpochGone):
        batch.remember_epochs({SLOT: "e-2"})


def test_what_was_handled_and_acked_moves_the_markers() -> None:
    batch = a_batch(a_unit(0, 3), a_unit(0, 4, outcome_kept=False), a_unit(2, 9, slot=OTHER))
    batch.remember_epochs({SLOT: "e-1", OTHER: "e-1"})
    batch.acks = [
        (SLOT, Ack(TopicPartition("verdicts", 5), 41)),
        (SLOT, Ack(TopicPartition("verdicts", 5), 40)),
    ]

    settled = batch.settlements()

    assert settled[SLOT].published == {"0-3": ""}
    assert settled[SLOT].markers == {"tasks:0": 5, "verdicts:5": 42}
    assert settled[OTHER].markers == {"tasks:2": 10}


def test_what_was_passed_over_moves_the_markers_of_every_slot() -> None:
    batch = a_batch(a_unit(0, 3), a_unit(2, 9, slot=OTHER))
    batch.remember_epochs({SLOT: "e-1", OTHER: "e-1"})
    batch.passed_over = {TopicPartition("tasks", 0): 5, TopicPartition("tasks", 2): 8}

    settled = batch.settlements()

    assert settled[SLOT].markers == {"tasks:0": 6, "tasks:2": 9}
    assert settled[OTHER].markers == {"tasks:0": 6, "tasks:2": 10}


def test_a_chunk_ends_where_its_records_are_large() -> None:
    units = [a_unit(0, offset) for offset in range(5)]
    sizes = [len(unit.unit.record.value or b"") for unit in units]

    chunks = a_batch(*units).chunks(100, sizes[0] + 1)

    assert [len(chunk.units) for chunk in chunks] == [2, 2, 1]
