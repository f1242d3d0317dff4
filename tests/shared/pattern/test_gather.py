"""The gather: what several batches settle together, when it is due, and what ends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import EpochGone
from shared.contracts.record import Ack, TopicPartition
from shared.pattern.batch import Batch
from shared.pattern.gather import Gather
from shared.pattern.in_flight import UnitInFlight
from shared.pattern.limits import Limits
from shared.state.store import CommitEntry
from tests.shared.pattern.test_batch import OTHER, SLOT, a_batch, a_unit

LIMITS = Limits(
    gather_seconds=2.0, gather_idle_seconds=0.2, gather_units_max=4, gather_bytes_max=100
)


def loaded(*units: UnitInFlight, epoch: str = "e-1") -> Batch:
    """A batch that was loaded under this epoch."""
    batch = a_batch(*units)
    batch.remember_epochs(dict.fromkeys((unit.slot for unit in units), epoch))
    return batch


def gathered(*batches: Batch, at: float = 0.0) -> Gather:
    """A gather to which these batches came at this time."""
    gather = Gather(LIMITS)
    for batch in batches:
        gather.add([batch], [one.unit.record for one in batch.units], now=at)
    return gather


def test_batches_are_settled_as_one() -> None:
    first = loaded(a_unit(0, 3), a_unit(2, 9, slot=OTHER))
    second = loaded(a_unit(0, 4), a_unit(1, 7))
    second.acks = [(SLOT, Ack(TopicPartition("verdicts", 5), 41))]

    gather = gathered(first, second)
    settled = gather.settlements()

    assert settled[SLOT].published == {"0-3": "", "0-4": "", "1-7": ""}
    assert set(settled[SLOT].handled) == {"0-3", "0-4", "1-7"}
    assert settled[SLOT].markers == {"tasks:0": 5, "tasks:1": 8, "verdicts:5": 42}
    assert settled[OTHER].markers == {"tasks:2": 10}
    assert gather.offsets == {("tasks", 0): 5, ("tasks", 1): 8, ("tasks", 2): 10}
    assert dict(gather.progress())["verdicts:5"] == 42


def test_a_slot_that_was_rebuilt_meanwhile_is_not_gathered() -> None:
    gather = gathered(loaded(a_unit(0, 3)))
    later = loaded(a_unit(0, 4), epoch="e-2")

    with pytest.raises(EpochGone):
        gather.add([later], [later.units[0].unit.record], now=0.0)
    assert gather.offsets == {("tasks", 0): 4}
    assert gather.settlements()[SLOT].published == {"0-3": ""}


def test_what_is_thrown_away_takes_back_its_attempts_and_nothing_else() -> None:
    gather = gathered(loaded(a_unit(0, 3), a_unit(0, 4)), loaded(a_unit(1, 7)))

    (taken_back,) = gather.attempts().values()

    assert taken_back.handled == ("0-3", "1-7")
    assert not taken_back.published
    assert not taken_back.markers


def test_after_a_crash_the_attempts_of_every_event_are_taken_back() -> None:
    batch = loaded(a_unit(0, 3), a_unit(0, 4))
    gather = Gather(LIMITS)
    gather.add([batch], [], now=0.0, forgets_attempts=True)

    assert set(gather.settlements()[SLOT].handled) == {"0-3", "0-4"}


def test_records_of_which_nothing_comes_are_acknowledged_too() -> None:
    gather = Gather(LIMITS)
    gather.add([a_batch()], [a_unit(0, 5).unit.record], now=0.0)

    assert not gather.is_empty
    assert not gather.settlements()
    assert dict(gather.progress()) == {"tasks:0": 6}


def test_nothing_gathered_is_nothing_to_do() -> None:
    assert Gather(LIMITS).is_empty


def test_it_is_due_soon_after_the_last_batch_and_in_time_after_the_first() -> None:
    gather = gathered(loaded(a_unit(0, 3)), at=10.0)

    assert gather.due_in(10.1, is_idle=True) == pytest.approx(0.1)
    assert gather.due_in(10.1, is_idle=False) == pytest.approx(1.9)
    gather.add([loaded(a_unit(0, 4))], [], now=11.9)
    assert gather.due_in(11.9, is_idle=True) == pytest.approx(0.1)
    assert gather.due_in(12.5, is_idle=False) <= 0


def test_it_is_due_at_once_when_it_is_full() -> None:
    units = [a_unit(0, offset) for offset in range(LIMITS.gather_units_max)]
    kept = loaded(a_unit(0, 9))
    packed = b"x" * LIMITS.gather_bytes_max
    kept.units[0].entry = CommitEntry("0-9", "", (), (), (), packed)

    assert gathered(loaded(*units[1:])).due_in(0.0, is_idle=False) > 0
    assert gathered(loaded(*units)).due_in(0.0, is_idle=False) <= 0
    assert gathered(kept).due_in(0.0, is_idle=False) <= 0


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=6), min_size=1, max_size=6))
def test_however_batches_are_cut_the_same_is_settled(cuts: list[list[int]]) -> None:
    offsets = sorted({offset for cut in cuts for offset in cut})
    whole = gathered(loaded(*(a_unit(0, offset) for offset in offsets)))
    parts = gathered(*(loaded(a_unit(0, offset)) for offset in offsets))

    assert whole.offsets == parts.offsets
    assert whole.settlements()[SLOT].published == parts.settlements()[SLOT].published
    assert whole.settlements()[SLOT].markers == parts.settlements()[SLOT].markers
