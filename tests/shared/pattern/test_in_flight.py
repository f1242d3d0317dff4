"""A batch on its way: what stands for it if it crashes, under which epoch, what settles it."""

import pytest

from shared.contracts.errors import EpochGone
from shared.contracts.events.timers import LaneDue
from shared.contracts.record import Ack, Place, Record
from shared.pattern.in_flight import ALONE, Batch, Work
from shared.pattern.service import Unit
from tests.builders import NOW

SLOT, OTHER = "{qa:main}", "{qa:other}"
EVENT = LaneDue(pool="main", at=NOW, lane="|")


def a_work(partition: int, offset: int, *, slot: str = SLOT, kept: bool = True) -> Work:
    record = Record("tasks", partition, offset, b"k", b"{}", (), 0)
    return Work(Unit(record, f"{partition}-{offset}", EVENT, EVENT), slot, kept=kept)


def a_batch(*works: Work) -> Batch:
    return Batch(list(works), lambda: False)


def test_the_first_event_of_each_partition_stands_for_a_batch() -> None:
    batch = a_batch(a_work(1, 7), a_work(1, 8), a_work(0, 3, slot=OTHER), a_work(0, 4))

    assert batch.counted() == {SLOT: ("1-7",), OTHER: ("0-3",)}


def test_each_event_of_a_batch_that_crashes_is_counted_alone_too() -> None:
    batch = a_batch(a_work(1, 7), a_work(1, 8))
    batch.crashed = True

    assert set(batch.counted()[SLOT]) == {"1-7", "1-7" + ALONE, "1-8" + ALONE}


def test_only_the_first_part_counts_the_attempt() -> None:
    parts = a_batch(*(a_work(0, offset) for offset in range(5))).parts(2)

    assert [len(part.works) for part in parts] == [2, 2, 1]
    assert [bool(part.counted) for part in parts] == [True, False, False]


def test_a_part_is_as_long_as_its_longest_slot() -> None:
    slots = (SLOT, OTHER, SLOT, OTHER, OTHER, SLOT)
    parts = a_batch(*(a_work(0, at, slot=slot) for at, slot in enumerate(slots))).parts(2)

    assert [[work.unit.record.offset for work in part.works] for part in parts] == [
        [0, 1, 2, 3],
        [4, 5],
    ]


def test_a_batch_that_sees_two_epochs_is_dropped() -> None:
    batch = a_batch(a_work(0, 1))
    batch.under({SLOT: "e-1", OTHER: "e-7"})
    batch.under({SLOT: "e-1"})

    with pytest.raises(EpochGone):
        batch.under({SLOT: "e-2"})


def test_what_was_handled_and_acked_moves_the_markers() -> None:
    batch = a_batch(a_work(0, 3), a_work(0, 4, kept=False), a_work(2, 9, slot=OTHER))
    batch.under({SLOT: "e-1", OTHER: "e-1"})
    batch.acks = [(SLOT, Ack(Place("verdicts", 5), 41)), (SLOT, Ack(Place("verdicts", 5), 40))]

    settled = batch.settlements()

    assert settled[SLOT].published == ("0-3",)
    assert settled[SLOT].markers == {"tasks:0": 5, "verdicts:5": 42}
    assert settled[OTHER].markers == {"tasks:2": 10}
