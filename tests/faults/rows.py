"""The rows of the table: every fault there is, those that share a stage together."""

from collections.abc import Iterator, Sequence

from tests.faults.brokers import brokers
from tests.faults.kills import POINTS, kill
from tests.faults.offsets import offsets
from tests.faults.play import Fault
from tests.faults.poison import poison
from tests.faults.processes import away, third, told_to_stop, zombie
from tests.faults.replica import SERVICES
from tests.faults.stores import stores

ROWS: Sequence[Sequence[Fault]] = (
    *([kill(service, point) for point in POINTS] for service in SERVICES),
    [zombie(service) for service in SERVICES],
    [told_to_stop(service) for service in SERVICES],
    [away("overdue-router", "router"), away("overdue-all", *SERVICES), third(*SERVICES)],
    brokers(),
    stores(),
    [poison(), offsets(*SERVICES)],
)


def names() -> list[str]:
    """The name of each row, in order."""
    return [fault.name for faults in ROWS for fault in faults]


def chosen(only: Sequence[str]) -> Iterator[list[Fault]]:
    """Stage by stage the rows with one of these names, or a name that begins so; else all."""
    for faults in ROWS:
        found = [fault for fault in faults if not only or any(_is(fault, name) for name in only)]
        if found:
            yield found


def _is(fault: Fault, name: str) -> bool:
    return fault.name == name or fault.name.startswith(f"{name}-")
