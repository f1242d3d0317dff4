"""A unit in flight takes the steps of the table and no others."""

from itertools import pairwise, product

import pytest

from shared.contracts.errors import Reason, Refused
from shared.contracts.events.timers import LaneDue
from shared.contracts.record import Record
from shared.pattern.in_flight import LEGAL_STEPS, IllegalStepError, Step, UnitInFlight
from shared.pattern.service import Unit
from tests.support.builders import NOW

EVENT = LaneDue(pool="main", at=NOW, lane="|")
TO_DECIDE, DECIDED, COMMITTED, REFUSED, PUBLISHED = Step

LIVES = {
    "decided, committed, published": (TO_DECIDE, DECIDED, COMMITTED, PUBLISHED),
    "committed by an earlier delivery": (TO_DECIDE, COMMITTED, PUBLISHED),
    "refused, and its input changes state": (TO_DECIDE, DECIDED, REFUSED, PUBLISHED),
    "refused, and nothing changes": (TO_DECIDE, REFUSED, PUBLISHED),
    "in conflict, decided again": (TO_DECIDE, DECIDED, TO_DECIDE, DECIDED, COMMITTED, PUBLISHED),
    "Kafka away, recalled": (TO_DECIDE, DECIDED, COMMITTED, TO_DECIDE, COMMITTED, PUBLISHED),
    "Kafka away, refused again": (TO_DECIDE, REFUSED, TO_DECIDE, REFUSED, PUBLISHED),
}


def a_unit(step: Step = TO_DECIDE) -> UnitInFlight:
    record = Record("tasks", 0, 7, b"k", b"{}", (), 0)
    return UnitInFlight(Unit(record, "event-7", EVENT, EVENT), "{qa:main}", step=step)


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES.keys())
def test_every_life_of_a_unit_is_legal(life: tuple[Step, ...]) -> None:
    unit = a_unit()
    for step in life[1:]:
        unit.move_to(step)

    assert unit.published


def test_every_legal_step_is_part_of_some_life() -> None:
    taken = {pair for life in LIVES.values() for pair in pairwise(life)}

    assert taken == {(start, end) for start, ends in LEGAL_STEPS.items() for end in ends}


@pytest.mark.parametrize(
    ("start", "end"),
    [(start, end) for start, end in product(Step, Step) if end not in LEGAL_STEPS[start]],
    ids=lambda step: step.name,
)
def test_no_other_step_can_be_taken(start: Step, end: Step) -> None:
    unit = a_unit(start)
    with pytest.raises(IllegalStepError, match=f"{start.value} cannot be {end.value} next"):
        unit.move_to(end)

    assert unit.step is start


def test_a_unit_that_starts_over_forgets_its_earlier_pass() -> None:
    unit = a_unit(COMMITTED)
    unit.outcome_kept, unit.refused = True, Refused(Reason.BUG, "report it")
    unit.bugs = 2

    unit.start_over()

    assert unit == UnitInFlight(unit.unit, unit.slot, bugs=2)


def test_a_unit_that_is_published_never_starts_over() -> None:
    with pytest.raises(IllegalStepError):
        a_unit(PUBLISHED).start_over()
