"""The rows of the table: every fault there is, those that share a stage together."""

from collections.abc import Iterator, Sequence

from tests.faults.brokers import brokers
from tests.faults.fault import Point
from tests.faults.kills import kill, kill_under_kinds
from tests.faults.offsets import offsets
from tests.faults.play import Trial
from tests.faults.poison import poison
from tests.faults.processes import away, third, told_to_stop, zombie
from tests.faults.replica import SERVICES
from tests.faults.stores import stores

ROWS: Sequence[Sequence[Trial]] = (
    *([kill(service, point) for point in Point] for service in SERVICES),
    [kill_under_kinds("router", "qa")],
    [zombie(service) for service in SERVICES],
    [told_to_stop(service) for service in SERVICES],
    [away("router"), away(*SERVICES), third(*SERVICES)],
    brokers(),
    stores(),
    [poison(), offsets(*SERVICES)],
)


def names() -> list[str]:
    """The name of each row, in order."""
    return [trial.name for trials in ROWS for trial in trials]


def chosen(only: Sequence[str]) -> Iterator[list[Trial]]:
    """Stage by stage the rows with one of these names, or a name that begins so; else all."""
    for trials in ROWS:
        named = [trial for trial in trials if not only or any(_is(trial, name) for name in only)]
        if named:
            yield named


def _is(trial: Trial, name: str) -> bool:
    return trial.name == name or trial.name.startswith(f"{name}-")
