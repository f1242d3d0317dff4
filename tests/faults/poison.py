"""Poison: one record of twenty is one that nobody could handle; each is a dead letter, no more."""

from collections.abc import Sequence
from functools import partial

from tests.faults.fault import Fault
from tests.faults.load import Load
from tests.faults.play import Play, Trial
from tests.faults.stage import until
from tests.journeys.hostile import Case, cases

SHARE = 0.05
PACE_SECONDS = 300.0


def poison(each: int = 1) -> Trial:
    """Return the trial with every kind of hostile record, or one of `each` kinds, on the topics
    that strangers write.
    """
    play = partial(_mix_in, hostile=strangers()[::each])
    return Trial(Fault.POISON, play, words={"share": f"{SHARE:.0%}"})


async def _mix_in(play: Play, *, hostile: Sequence[Case]) -> None:
    stage, load = play.stage, play.stage.load
    before = load.records
    for number, case in enumerate(hostile, 1):
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
