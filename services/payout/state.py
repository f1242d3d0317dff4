"""What payout's decisions may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.events.parts import Quote


@dataclass(frozen=True, slots=True)
class Line:
    """What is owed to one worker for one task."""

    assignment_id: str
    worker_id: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Job:
    """One task's money: lines by worker, who of them is confirmed, and when the verdict came."""

    lines: Mapping[str, Line]
    confirmed: frozenset[str]
    verdict_at: datetime | None
