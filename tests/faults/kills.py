"""kill -9 of one of two processes at a fault point, several times under load; what came of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from shared.topics import ASSIGNMENTS, EARNINGS, TASKS, VERDICTS, Topic
from tests.faults.replica import SERVICES
from tests.faults.stage import Stage

POINTS = ("committed", "publishing", "published", "settled")
"""After the commit, between two publishes, after all of them, after settling."""
PASSAGES = (3, 2, 4)
"""At which passage of its point a process dies, life after life; never the first, or it would die
of the batch that it is given again."""
JOURNALS: dict[str, Topic] = dict(
    zip(SERVICES, (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS), strict=True)
)
ROUND_OUTPUTS = 20
OUTPUTS_PER_SECOND = 25.0
LOAD_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Shot:
    """Where one of a service's processes is to die, and at which passages."""

    service: str
    point: str
    passages: tuple[int, ...] = PASSAGES

    @property
    def name(self) -> str:
        """The fault point's name."""
        return f"{self.service}.{self.point}"

    def faults(self) -> list[str]:
        """The setting for each life."""
        return [f"{self.name}:kill:{passage}" for passage in self.passages]


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one shot. `absorbed`: copies in the journal, and outcomes that came twice."""

    shot: Shot
    firings: int
    absorbed: int
    lost: int
    paid_twice: int
    back_seconds: tuple[float, ...]
    wrong: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether it fired, was absorbed, and nothing was lost, paid twice or otherwise wrong."""
        fired = self.firings == len(self.shot.passages) and self.absorbed > 0
        return fired and not (self.lost or self.paid_twice or self.wrong)

    @property
    def back_median(self) -> float:
        """Seconds from a death to the first batch of the next life, in the middle."""
        return median(self.back_seconds) if self.back_seconds else 0.0


async def shoot(stage: Stage, shots: Sequence[Shot], label: str) -> list[Row]:
    """Take these shots at once, under load until all have hit; then judge everything."""
    before = _counted(stage)
    deaths = len(stage.keeper.deaths)
    for shot in shots:
        await stage.keeper.arm(stage.keeper.of(shot.service)[-1], shot.faults())
    limit, at = time.monotonic() + LOAD_SECONDS, 0
    while not at or (stage.keeper.pending() and time.monotonic() < limit):
        await stage.load.publish(f"{label}.{at}", ROUND_OUTPUTS, rate=OUTPUTS_PER_SECOND)
        at += 1
    wrong = await _judged(stage)
    for replica in stage.replicas:
        await stage.keeper.scrape(replica)
    after = _counted(stage)
    fired = stage.fired()
    lost, paid_twice = stage.lost(), len(stage.follower.paid_twice())
    return [
        Row(
            shot=shot,
            firings=fired.count(shot.name),
            absorbed=after[shot.service] - before[shot.service],
            lost=lost,
            paid_twice=paid_twice,
            back_seconds=tuple(
                death.back_seconds
                for death in stage.keeper.deaths[deaths:]
                if death.service == shot.service
            ),
            wrong=wrong,
        )
        for shot in shots
    ]


def _counted(stage: Stage) -> dict[str, int]:
    """Duplicates absorbed so far, by service."""
    return {
        service: stage.follower.copies[journal.name] + stage.keeper.replayed(service)
        for service, journal in JOURNALS.items()
    }


async def _judged(stage: Stage) -> tuple[str, ...]:
    """What is wrong once all should have ended."""
    try:
        await stage.ended()
    except AssertionError as late:
        return (str(late),)
    return (*await stage.wrong(), *(f"dead letter {name}" for name in stage.follower.letters))
