"""Follows a run: counts facts from the topics as they grow, and asks the services for health."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentuh.demo.processes import ServiceProcess
from sentuh.demo.wire import Link, poll, reader
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
)
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, DEAD_LETTERS, EARNINGS, TASKS, VERDICTS

QUIET_SECONDS = 3.0
PROBE_EVERY_SECONDS = 1.0
PATHS = ("/live", "/ready", "/metrics")

_ENDINGS = {AssignmentDeclined.TYPE, AssignmentExpired.TYPE, AssignmentWithdrawn.TYPE}


@dataclass(slots=True)
class Counts:
    """Counts of the facts on the topics so far; each counts once, however often it is published."""

    sent: int = 0
    dead_letters: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    open: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    grown_at: float = 0.0
    _facts: set[str] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """Count one record."""
        if record.header("dl_id"):
            self.dead_letters += 1
            return
        event_type, event_id = record.header("ce_type") or "", record.header("ce_id") or ""
        if (fact := f"{event_type} {event_id}") in self._facts:
            return
        self._facts.add(fact)
        self.by_type[event_type] += 1
        if event_type == AssignmentOffered.TYPE:
            self.open.add(_body(record)["assignment_id"])
        elif event_type in _ENDINGS or (
            event_type == AssignmentAnswered.TYPE and not _body(record)["late"]
        ):
            self.ended.add(_body(record)["assignment_id"])

    @property
    def facts(self) -> int:
        """Facts and dead letters so far; a fact that is published again adds nothing."""
        return len(self._facts) + self.dead_letters

    @property
    def decided(self) -> int:
        """Outputs with a verdict, the model's or people's."""
        return self.by_type[VerdictReached.TYPE]

    @property
    def waived(self) -> int:
        """Outputs that the gate let pass."""
        return self.by_type[OutputWaived.TYPE]

    @property
    def asked(self) -> int:
        """Outputs that people are asked about."""
        return self.by_type[TaskCreated.TYPE]

    @property
    def answers(self) -> int:
        """Answers, the late ones too."""
        return self.by_type[AssignmentAnswered.TYPE]

    @property
    def paid(self) -> int:
        """Answers whose earning is payable."""
        return self.by_type[EarningConfirmed.TYPE]

    def complete(self) -> bool:
        """Return whether every output is decided, every assignment ended, every answer payable."""
        accrued = self.by_type[EarningAccrued.TYPE]
        return (
            self.decided + self.dead_letters >= self.sent
            and self.open <= self.ended
            and self.answers == accrued == self.paid
        )

    def lacking(self) -> str:
        """Describe the work that is not done, of a run that stands still."""
        accrued = self.by_type[EarningAccrued.TYPE]
        return (
            f"{self.sent} sent, {self.decided} decided, {self.dead_letters} dead letters,"
            f" {len(self.open - self.ended)} assignments open, {self.answers} answers,"
            f" {accrued} accrued, {self.paid} payable"
        )


@dataclass(slots=True)
class ServiceHealth:
    """Counts for one process by path: how often it was asked, and how often it answered 200.

    `exit_code` is that of its end after SIGTERM: 0 in good order, negative if it was killed.
    """

    process: str
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    metrics: int = 0
    last: dict[str, bool] = field(default_factory=dict)
    exit_code: int | None = None

    @property
    def well(self) -> bool:
        """Whether each path answered when it was last asked."""
        return len(self.last) == len(PATHS) and all(self.last.values())

    def take(self, path: str, status: int, body: str) -> None:
        """Note one answer."""
        self.asked[path] += 1
        self.answered[path] += status == 200
        self.last[path] = status == 200
        if path == "/metrics" and status == 200:
            self.metrics = sum(line[:1] not in {"", "#"} for line in body.splitlines())


async def follow(link: Link, counts: Counts) -> None:
    """Read the journals and count, until cancelled."""
    journals = (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS, *DEAD_LETTERS.values())
    async with reader(link, journals) as client:
        while True:
            for record in await poll(client):
                counts.take(record)
                counts.grown_at = time.monotonic()


async def probe(services: Sequence[ServiceProcess], health: Sequence[ServiceHealth]) -> None:
    """Ask every process on every path, until cancelled."""
    while True:
        for service, noted in zip(services, health, strict=True):
            for path in PATHS:
                noted.take(path, *await asyncio.to_thread(service.ask, path))
        await asyncio.sleep(PROBE_EVERY_SECONDS)


def count_sent(path: Path) -> int:
    """Count the outputs that the publisher has sent so far, each once."""
    if not path.exists():
        return 0
    text = path.read_text()
    rows = (json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines())
    return len({(row["source"], row["id"]) for row in rows})


def _body(record: Record) -> Any:
    return json.loads(record.value or b"{}")
