"""A fault played under load: what it does, how often it fired, how soon all was through again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sentuh.embedded.child import StackError
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, TASKS, VERDICTS, Topic
from tests.faults.fault import Fault, Point
from tests.faults.replica import SERVICES, Replica
from tests.faults.stage import LOOK_SECONDS, Stage, until

JOURNALS: dict[str, Topic] = dict(
    zip(SERVICES, (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS), strict=True)
)
OUTPUTS_PER_SECOND = 8.0
THROUGH_SECONDS = 300.0
NOTICED_SECONDS = 120.0
AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A fault tried on one thing: a row of the table that has not been played yet.

    `play` breaks and mends, and says each time that it fired and when it was over. `on` tells the
    row apart from others of the fault, as `("router", "committed")` does; `words` fill the fault's
    text. `services` are those whose duplicates the row accounts for. `rate` is how many outputs a
    second come in meanwhile.
    """

    fault: Fault
    play: "Callable[[Play], Awaitable[None]]"
    on: tuple[str, ...] = ()
    services: tuple[str, ...] = SERVICES
    words: Mapping[str, str] = field(default_factory=dict)
    rate: float = OUTPUTS_PER_SECOND

    @property
    def name(self) -> str:
        """The row's name on the command line, such as `kill-router-committed`."""
        return "-".join((self.fault.value.name, *self.on))

    @property
    def text(self) -> str:
        """What is done, as the table says it."""
        return self.fault.value.does.format(**self.words)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a trial. `absorbed`: copies in journals, and outcomes that came twice.

    `back_seconds`: from the end of a fault until all that had been sent and answered by then was
    judged and paid.
    """

    trial: Trial
    fired: int
    absorbed: int
    lost: int
    paid_twice: int
    back_seconds: tuple[float, ...]
    wrong: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it fired, and nothing was lost, paid twice or otherwise wrong."""
        return not (self.missed or self.lost or self.paid_twice or self.wrong)

    @property
    def missed(self) -> bool:
        """Whether it has not hit anything, so that the row shows nothing."""
        return not self.fired or (self.trial.fault.value.makes_duplicates and not self.absorbed)

    @property
    def back_median(self) -> float:
        """The middle one of the times, 0 where there is none."""
        return median(self.back_seconds) if self.back_seconds else 0.0


@dataclass(slots=True)
class Play:
    """A trial being played on a stage."""

    stage: Stage
    trial: Trial
    fired: int = 0
    absorbed: int = 0
    back_seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Play it; what should have come and did not is wrong, and ends it."""
        before = await self._doubles()
        try:
            await self.trial.play(self)
        except (AssertionError, StackError) as failure:
            self.wrong.append(str(failure))
        await self._again(before)
        self.absorbed = await self._doubles() - before

    async def _again(self, before: int) -> None:
        """Where something must come twice, wait for that; it may, when all the rest is through."""
        limit = time.monotonic() + AGAIN_SECONDS
        while time.monotonic() < limit:
            if not self.trial.fault.value.makes_duplicates or await self._doubles() > before:
                return
            await asyncio.sleep(LOOK_SECONDS)

    def fire(self, times: int = 1) -> None:
        """It has hit, so often."""
        self.fired += times

    def check(self, *, holds: bool, otherwise: str) -> None:
        """Note what is wrong if this does not hold."""
        if not holds:
            self.wrong.append(otherwise)

    async def through(self) -> None:
        """The fault is over now: note how long all that is on its way takes to be through."""
        stage, began = self.stage, time.monotonic()
        outputs = {stage.load.task_of(sent) for sent in stage.load.sent}
        answers = set(stage.load.answered)

        def left() -> bool:
            outputs.intersection_update(stage.follower.unjudged(outputs))
            answers.intersection_update(stage.follower.unpaid(answers))
            return bool(outputs or answers)

        await until(lambda: not left(), THROUGH_SECONDS, left=stage.unfinished)
        self.back_seconds.append(time.monotonic() - began)

    async def sits_out(self, seconds: float, what: str) -> None:
        """So long every process says that it cannot work, and that it lives."""
        replicas, began = self.stage.replicas, time.monotonic()
        await until(
            lambda: not any(replica.ready() for replica in replicas),
            NOTICED_SECONDS,
            left=lambda: f"somebody who says to be ready while {what}",
        )
        await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
        for replica in replicas:
            status, said = await asyncio.to_thread(replica.ask, "/live")
            alive = f"{replica.name} is not alive while {what}: {status} {said}"
            self.check(holds=status == 200, otherwise=alive)

    async def delayed_at(
        self, replica: Replica, point: Point, *, seconds: int, passage: int
    ) -> None:
        """Start a process anew so that it waits at its passage of a point; wait until it does."""
        name = point.of(replica.service)
        before = self.stage.fired().count(name)
        await self.stage.keeper.arm(replica, [f"{name}:delay={seconds}:{passage}"])
        await self.stage.fires(name, before + 1)

    def row(self, wrong: Sequence[str]) -> Row:
        """The row of the table; `wrong` is what is wrong with the stage as a whole."""
        lost, paid_twice = self.stage.lost(), len(self.stage.follower.paid_twice())
        said = (*self.wrong, *wrong)
        back = tuple(self.back_seconds)
        return Row(self.trial, self.fired, self.absorbed, lost, paid_twice, back, said)

    async def _doubles(self) -> int:
        stage = self.stage
        for replica in stage.replicas:
            await stage.keeper.scrape(replica)
        return sum(
            stage.follower.copies[JOURNALS[service].name] + stage.keeper.replayed(service)
            for service in self.trial.services
        )


async def perform(stage: Stage, trials: Sequence[Trial], *, together: bool = False) -> list[Row]:
    """Play these under load, one after the other or all at once; then judge everything."""
    plays = [Play(stage, trial) for trial in trials]
    async with stage.load.steady(min(trial.rate for trial in trials)):
        await stage.moving()
        if together:
            await asyncio.gather(*(play.run() for play in plays))
        else:
            for play in plays:
                await play.run()
    wrong = await stage.judged()
    return [play.row(wrong) for play in plays]
