"""Values that payout decides on: the earnings by one task."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.contracts.events.parts import Quote


@dataclass(frozen=True, slots=True)
class Line:
    """The money owed to one worker for one task, at the pay quoted in the offer."""

    assignment_id: str
    worker_id: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Job:
    """The earnings by one task: owed (`lines`), by worker, and payable (`confirmed`, worker ids).

    verdict_at: when the task's verdict was reached, or None before it.
    """

    lines: Mapping[str, Line]
    confirmed: frozenset[str]
    verdict_at: datetime | None

    def with_line(self, line: Line) -> "Job":
        """Return a copy with this earning, too; if the worker has one already, that one stays."""
        return replace(self, lines={line.worker_id: line, **self.lines})

    def unconfirmed(self) -> tuple[Line, ...]:
        """Return the earnings that are not payable yet, sorted by worker id."""
        return tuple(
            line for worker, line in sorted(self.lines.items()) if worker not in self.confirmed
        )
