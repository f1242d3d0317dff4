"""The short form of `make faults`, and that it would tell: a fault that missed, one that hurt."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.faults.brokers import brokers
from tests.faults.fault import Fault, Point
from tests.faults.kills import kill
from tests.faults.play import Play, Row, Trial, perform
from tests.faults.poison import poison
from tests.faults.processes import ZOMBIE_POINTS, third, told_to_stop, zombie
from tests.faults.replica import SERVICES
from tests.faults.rows import ROWS, chosen, names
from tests.faults.stage import Stage
from tests.faults.stores import stores
from tests.faults.table import wrongs

SHORT = (
    Fault.REDIS_STALLED,
    Fault.REDIS_FULL,
    Fault.REDIS_EMPTIED,
    Fault.REDIS_ROLLED_BACK,
    Fault.REPLIES_LOST,
)
KILLED = [kill(service, point, (2,)) for service, point in zip(SERVICES, Point, strict=True)]
ZOMBIES = [zombie(service, [ZOMBIE_POINTS[at % 3]]) for at, service in enumerate(SERVICES)]
STOPPED = [told_to_stop(service) for service in SERVICES]
JOINS = [third("router")]
BROKER = brokers(6.0, kills=1)[:2]
REDIS = [trial for trial in stores(1) if trial.fault in SHORT]


@pytest.mark.parametrize("trials", [KILLED, ZOMBIES, STOPPED], ids=lambda trials: trials[0].name)
@pytest.mark.real_kafka
@pytest.mark.slow
async def test_what_befalls_every_service_at_once_loses_nothing_and_pays_nobody_twice(
    run: Stage, trials: Sequence[Trial]
) -> None:
    rows = await perform(run, trials, together=True)
    assert [row for row in rows if not row.ok] == []


@pytest.mark.parametrize(
    "trials",
    [JOINS, [poison(each=4)], BROKER, REDIS],
    ids=lambda trials: trials[0].name,
)
@pytest.mark.real_kafka
@pytest.mark.slow
async def test_what_befalls_all_around_loses_nothing_and_pays_nobody_twice(
    run: Stage, trials: Sequence[Trial]
) -> None:
    rows = await perform(run, trials)
    assert [row for row in rows if not row.ok] == []


def a_row(**more: object) -> Row:
    row = Row(
        Trial(Fault.BROKER_KILLED, _nothing),
        fired=1,
        absorbed=0,
        lost=0,
        paid_twice=0,
        back_seconds=(1.0,),
    )
    return replace(row, **more)  # type: ignore[arg-type]


async def _nothing(_: Play) -> None:
    return


def test_row_holds_when_it_fired_and_nothing_is_wrong() -> None:
    assert a_row().ok


@pytest.mark.parametrize("wrong", [{"fired": 0}, {"lost": 1}, {"paid_twice": 1}, {"wrong": ("x",)}])
def test_row_that_missed_or_hurt_does_not_hold(wrong: dict[str, object]) -> None:
    assert not a_row(**wrong).ok


def test_fault_that_must_make_duplicates_has_missed_without_any() -> None:
    killing = Trial(Fault.KILL, _nothing)
    assert a_row(trial=killing).missed
    assert not a_row(trial=killing, absorbed=1).missed


def test_rows_have_names_of_their_own_and_are_chosen_by_them() -> None:
    assert len(set(names())) == len(names())
    assert chosen_names("zombie-qa") == ["zombie-qa"]
    assert chosen_names("broker") == ["broker-killed", "broker-away", "broker-stalled"]
    assert chosen_names("unheard-of") == []


def chosen_names(only: str) -> list[str]:
    return [trial.name for trials in chosen([only]) for trial in trials]


def test_every_fault_has_its_rows_and_there_are_41_in_all() -> None:
    tried = [trial.fault for trials in ROWS for trial in trials]

    assert [fault.name for fault in Fault if fault not in tried] == []
    assert len(tried) == 41


def test_a_row_that_does_not_hold_says_what_must_come_of_its_fault() -> None:
    problems = dict(wrongs(a_row(fired=0)))
    assert list(problems) == ["broker-killed"]
    assert problems["broker-killed"].endswith(Fault.BROKER_KILLED.value.effect)
