"""The short form of `make faults`, and that it would tell: a fault that missed, one that hurt."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.faults.brokers import brokers
from tests.faults.kills import POINTS, kill
from tests.faults.play import Fault, Play, Row, perform
from tests.faults.poison import poison
from tests.faults.processes import ZOMBIE_POINTS, third, told_to_stop, zombie
from tests.faults.replica import SERVICES
from tests.faults.rows import chosen, names
from tests.faults.stage import Stage
from tests.faults.stores import stores

SHORT = ("redis-stalled", "redis-full", "redis-emptied", "redis-rolled-back", "replies-lost")
KILLED = [kill(service, point, (2,)) for service, point in zip(SERVICES, POINTS, strict=True)]
ZOMBIES = [zombie(service, [ZOMBIE_POINTS[at % 3]]) for at, service in enumerate(SERVICES)]
STOPPED = [told_to_stop(service) for service in SERVICES]
JOINS = [third("router")]
BROKER = brokers(6.0, kills=1)[:2]
REDIS = [fault for fault in stores(1) if fault.name in SHORT]


@pytest.mark.parametrize("faults", [KILLED, ZOMBIES, STOPPED], ids=lambda found: found[0].name)
@pytest.mark.real_kafka
@pytest.mark.slow
async def test_what_befalls_every_service_at_once_loses_nothing_and_pays_nobody_twice(
    run: Stage, faults: Sequence[Fault]
) -> None:
    rows = await perform(run, faults, together=True)
    assert [row for row in rows if not row.ok] == []


@pytest.mark.parametrize(
    "faults", [JOINS, [poison(each=4)], BROKER, REDIS], ids=lambda found: found[0].name
)
@pytest.mark.real_kafka
@pytest.mark.slow
async def test_what_befalls_all_around_loses_nothing_and_pays_nobody_twice(
    run: Stage, faults: Sequence[Fault]
) -> None:
    rows = await perform(run, faults)
    assert [row for row in rows if not row.ok] == []


def a_row(**more: object) -> Row:
    fault = Fault("broker-killed", "broker killed", _nothing)
    row = Row(fault, fired=1, absorbed=0, lost=0, paid_twice=0, back_seconds=(1.0,))
    return replace(row, **more)  # type: ignore[arg-type]


async def _nothing(_: Play) -> None:
    return


def test_row_holds_when_it_fired_and_nothing_is_wrong() -> None:
    assert a_row().ok


@pytest.mark.parametrize("wrong", [{"fired": 0}, {"lost": 1}, {"paid_twice": 1}, {"wrong": ("x",)}])
def test_row_that_missed_or_hurt_does_not_hold(wrong: dict[str, object]) -> None:
    assert not a_row(**wrong).ok


def test_fault_that_must_make_duplicates_has_missed_without_any() -> None:
    doubling = Fault("kill", "killed", _nothing, doubles=True)
    assert a_row(fault=doubling).missed
    assert not a_row(fault=doubling, absorbed=1).missed


def test_rows_have_names_of_their_own_and_are_chosen_by_them() -> None:
    assert len(set(names())) == len(names())
    assert [fault.name for found in chosen(["zombie-qa"]) for fault in found] == ["zombie-qa"]
    begun = [fault.name for found in chosen(["broker"]) for fault in found]
    assert begun == ["broker-killed", "broker-away", "broker-stalled"]
    assert [*chosen(["unheard-of"])] == []
