"""A scheduler of coroutines with a simulated clock: every await is a place to switch or die."""

import random
import types
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.pattern.together import gravest

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@types.coroutine
def _yield(seconds: float) -> Generator[float, None, None]:
    yield seconds


@dataclass(eq=False)
class Task:
    """One coroutine on the schedule."""

    name: str
    coroutine: Coroutine[Any, Any, None]
    wake_at: float = 0.0
    dead: bool = False


class Kernel:
    """Runs tasks in an order that follows from the seed alone."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.time = 0.0
        self.tasks: list[Task] = []
        self.story: list[str] = []
        self.steps = 0

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, None]) -> Task:
        """Put a coroutine on the schedule."""
        task = Task(name, coroutine, self.time)
        self.tasks.append(task)
        return task

    def kill(self, task: Task) -> None:
        """End a task where it stands: nothing after its last await happens."""
        task.dead = True
        task.coroutine.close()
        self.tasks.remove(task)

    def freeze(self, task: Task, seconds: float) -> None:
        """Let a task sleep where it stands, unaware of it."""
        task.wake_at = max(task.wake_at, self.time) + seconds

    def tell(self, line: str) -> None:
        """Add a line to the story of this seed."""
        self.story.append(f"{self.time:8.2f}s  {line}")

    async def together(self, *parts: Coroutine[Any, Any, None]) -> None:
        """Run these at the same time within one task, which dies or sleeps as a whole."""
        wakes, failures = dict.fromkeys(parts, self.time), []
        try:
            while wakes:
                ready = [part for part, wake_at in wakes.items() if wake_at <= self.time]
                await wait(0.0 if ready else min(wakes.values()) - self.time)
                if not ready:
                    continue
                part = self.random.choice(ready)
                try:
                    wakes[part] = self.time + part.send(None)
                except StopIteration:
                    del wakes[part]
                except Exception as failure:  # noqa: BLE001 - raised when all have ended
                    del wakes[part]
                    failures.append(failure)
        finally:
            for part in wakes:
                part.close()
        if failures:
            raise gravest(failures)

    def run(self, until: Callable[[], bool], *, steps_max: int) -> bool:
        """Step until the condition holds; False if it never did."""
        for _ in range(steps_max):
            if until():
                return True
            self.step()
        return until()

    def step(self) -> None:
        """Run one task to its next await; pass the time where all sleep."""
        self.steps += 1
        ready = [task for task in self.tasks if task.wake_at <= self.time]
        if not ready:
            self.time = min(task.wake_at for task in self.tasks)
            return
        task = self.random.choice(ready)
        self.time += self.random.random() * 0.004
        try:
            task.wake_at = self.time + task.coroutine.send(None)
        except StopIteration:
            if task in self.tasks:
                self.tasks.remove(task)


@dataclass
class SimClock:
    """The kernel's time, as the pattern asks for it."""

    kernel: Kernel
    skew: float = field(default=0.0)

    def now(self) -> datetime:
        """Aware simulated time."""
        return START + timedelta(seconds=self.kernel.time + self.skew)

    def monotonic(self) -> float:
        """Simulated seconds."""
        return self.kernel.time

    async def sleep(self, seconds: float) -> None:
        """Let others run."""
        await wait(seconds)

    def jitter(self, seconds: float) -> float:
        """Spread by the seed."""
        return seconds * (0.5 + self.kernel.random.random() / 2)


async def wait(seconds: float) -> None:
    """Let others run for this long."""
    await _yield(seconds)


async def step() -> None:
    """A place where others may run, or this task may die."""
    await _yield(0.0)
