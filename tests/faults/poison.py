"""Poison: one record of twenty is one that nobody could handle; each is a dead letter, no more."""

from tests.faults.load import Load
from tests.faults.play import Fault, Play
from tests.faults.stage import until
from tests.journeys.hostile import Case, cases

SHARE = 0.05
PACE_SECONDS = 60.0


def poison() -> list[Fault]:
    """Every kind of hostile record once, on every topic that strangers write."""
    return [Fault("poison", f"{SHARE:.0%} poison and hostile records", _mix_in)]


async def _mix_in(play: Play) -> None:
    stage, load = play.stage, play.stage.load
    before = load.records
    for number, case in enumerate(strangers(), 1):
        await _sent(load, before + int(number / SHARE))
        await load.send(case.topic, case.value, key=case.key, headers=case.headers)
        for service in case.by:
            stage.expected[f"{service}.dead-letters: {case.reason}"] += 1
        play.fire()
    await play.through()


async def _sent(load: Load, records: int) -> None:
    await until(lambda: load.records >= records, PACE_SECONDS)


def strangers() -> list[Case]:
    """The cases that need no right but that of any upstream, operator or worker app."""
    return [case for case in cases() if case.topic.border]
