"""The report of an audit: violations with ids, a finding per invariant, counts, and notes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "broken", "open", "skipped"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One break of an invariant. `subject` are ids; `open`: the work may go on."""

    subject: str
    detail: str
    open: bool = False

    def __str__(self) -> str:
        """Ids first, so that they can be searched for."""
        return f"{self.subject}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one invariant; `reason` says why it was skipped."""

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
        """Numbers of the broken invariants."""
        return tuple(one.number for one in self.findings if one.status == "broken")

    def finding(self, number: int) -> Finding:
        """Return the finding of the invariant with this number."""
        return next(one for one in self.findings if one.number == number)

    def as_json(self) -> str:
        """Return the whole report as one JSON document, with every violation."""
        whole = {"ok": self.ok, "broken": self.broken, **asdict(self)}
        return json.dumps(whole, indent=2, ensure_ascii=False)
