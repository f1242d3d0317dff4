"""The rows of the table: every fault there is, those that share a stage together."""

from collections.abc import Iterator, Mapping, Sequence

from tests.faults.brokers import brokers
from tests.faults.kills import kills
from tests.faults.offsets import offsets
from tests.faults.play import Fault
from tests.faults.poison import poison
from tests.faults.processes import processes
from tests.faults.replica import SERVICES
from tests.faults.stores import stores

ROWS: Mapping[str, Sequence[Fault]] = {
    "killed at a fault point": kills(),
    "stopped, away, joining": processes(),
    "broker": brokers(),
    "Redis": stores(),
    "records and offsets": [poison(), offsets(*SERVICES)],
}


def names() -> list[str]:
    """The name of each row, in order."""
    return [fault.name for faults in ROWS.values() for fault in faults]


def chosen(only: Sequence[str]) -> Iterator[list[Fault]]:
    """Stage by stage the rows with one of these names, or a name that begins so; else all."""
    for faults in ROWS.values():
        found = [fault for fault in faults if not only or any(_is(fault, name) for name in only)]
        if found:
            yield found


def _is(fault: Fault, name: str) -> bool:
    return fault.name == name or fault.name.startswith(f"{name}-")
