"""State as payout decides on it: the money of one task."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.contracts.events.parts import Quote


@dataclass(frozen=True, slots=True)
class Line:
    """The money owed to one worker for one task."""

    assignment_id: str
    worker_id: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Job:
    """One task's money: its lines by worker, the workers confirmed, and when the verdict came."""

    lines: Mapping[str, Line]
    confirmed: frozenset[str]
    verdict_at: datetime | None

    def with_line(self, line: Line) -> "Job":
        """Return the job with this line too; a line that the worker has already stays as it is."""
        return replace(self, lines={line.worker_id: line, **self.lines})

    def unconfirmed(self) -> tuple[Line, ...]:
        """Return the lines that are not payable yet, in the order of their workers."""
        return tuple(
            line for worker, line in sorted(self.lines.items()) if worker not in self.confirmed
        )
