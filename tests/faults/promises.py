"""What an offer promised: an answer the broker had in time is called neither late nor expired."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.events.offers import OfferMade
from shared.contracts.events.responses import OfferAccepted, OfferAnswered
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, OFFERS, RESPONSES, Names

Pair = tuple[str, str]


@dataclass
class Promises:
    """Deadlines offered, and when the broker had each response; by task and worker, milliseconds.

    A person is asked about a task at most once, so the pair names the offer.
    """

    names: Names
    accept_by: dict[Pair, int] = field(default_factory=dict)
    answer_by: dict[Pair, int] = field(default_factory=dict)
    accepted: dict[Pair, int] = field(default_factory=dict)
    answered: dict[Pair, int] = field(default_factory=dict)
    expired: set[Pair] = field(default_factory=set)
    late: set[Pair] = field(default_factory=set)
    counted: set[Pair] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """Note one record of offers, responses or assignments."""
        topic = self.names.row(record.topic)
        kind = record.header("ce_type") or ""
        if topic is OFFERS and kind == OfferMade.TYPE:
            self._offered(json.loads(record.value or b"{}")["claims"])
        elif topic is RESPONSES and kind in (OfferAccepted.TYPE, OfferAnswered.TYPE):
            seen = self.accepted if kind == OfferAccepted.TYPE else self.answered
            pair = _pair_of(record.value or b"")
            if pair is not None:
                seen.setdefault(pair, record.timestamp_ms)
        elif topic is ASSIGNMENTS:
            self._ended(kind, json.loads(record.value or b"{}"))

    def in_time(self) -> set[Pair]:
        """The answers the broker had before their lease ended."""
        return {pair for pair, at in self.answered.items() if at <= self.lease_end(pair)}

    def unread(self) -> set[Pair]:
        """Of those, the answers of which nothing is known though their lease is over."""
        now = time.time() * 1000
        waiting = self.in_time() - self.counted - self.late
        return {pair for pair in waiting if self.lease_end(pair) < now}

    def lease_end(self, pair: Pair) -> int:
        """Who accepted in time has until `answer_by`; an answer implies acceptance, until then."""
        accept_by = self.accept_by.get(pair, 0)
        accepted = self.accepted.get(pair, accept_by + 1) <= accept_by
        return self.answer_by[pair] if accepted else accept_by

    def broken(self) -> list[str]:
        """Answers in time that were said to be late or expired."""
        wrong = self.in_time() & (self.expired | (self.late - self.counted))
        return [f"in time, and called late or expired: {' '.join(pair)}" for pair in sorted(wrong)]

    def _offered(self, claims: Mapping[str, Any]) -> None:
        pair = (claims["task_id"], claims["worker_id"])
        for said, name in ((self.accept_by, "accept_by"), (self.answer_by, "answer_by")):
            until = round(datetime.fromisoformat(claims[name]).timestamp() * 1000)
            said[pair] = max(said.get(pair, 0), until)

    def _ended(self, kind: str, value: Mapping[str, Any]) -> None:
        pair = (value.get("task_id", ""), value.get("worker_id", ""))
        if kind.startswith("assignment.expired."):
            self.expired.add(pair)
        elif kind.startswith("assignment.answered."):
            (self.late if value["late"] else self.counted).add(pair)


def _pair_of(value: bytes) -> Pair | None:
    """Task and worker of a response; None of what strangers send that is none."""
    try:
        said = json.loads(value)
        return str(said["task_id"]), str(said["worker_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
