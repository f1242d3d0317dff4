"""What an audit found: violations with ids, a finding per invariant, counts, and notes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "broken", "open", "skipped"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be. `subject` are ids; `open`: it may only not be finished yet."""

    subject: str
    detail: str
    open: bool = False

    def __str__(self) -> str:
        """Ids first, so that they can be searched for."""
        return f"{self.subject}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one invariant; `reason` says why it was skipped."""

    number: int
    title: str
    status: Status
    violations: tuple[Violation, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole audit. `counts` are by name in the order to show them."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no invariant is broken."""
        return not self.broken

    @property
    def broken(self) -> tuple[int, ...]:
        """Numbers of the invariants that do not hold."""
        return tuple(found.number for found in self.findings if found.status == "broken")

    def finding(self, number: int) -> Finding:
        """What became of the invariant of this number."""
        return next(found for found in self.findings if found.number == number)

    def as_json(self) -> str:
        """All of it, every violation included."""
        whole = {"ok": self.ok, "broken": self.broken, **asdict(self)}
        return json.dumps(whole, indent=2, ensure_ascii=False)
