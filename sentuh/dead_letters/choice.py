"""Chooses dead letters by service, reason, age, output or id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sentuh.history.collect import DeadLetter
from sentuh.history.output_refs import Ref
from sentuh.history.topic_reader import Keep
from sentuh.trace.output_records import dead_letters_about
from shared.contracts.errors import SettingError
from shared.contracts.record import Record

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Choice:
    """The conditions that a dead letter must meet; an empty set, or None, is no condition."""

    services: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    ref: Ref | None = None
    since: datetime | None = None
    limit: int | None = field(default=None, kw_only=True)

    @property
    def says_which(self) -> bool:
        """Whether there is a condition other than age and number."""
        return bool(self.services or self.reasons or self.ids or self.ref)

    def takes(self, record: Record) -> bool:
        """Return whether the record of a dead letter meets every condition but the limit."""
        conditions = (
            (self.services, "dl_service"), (self.reasons, "dl_reason"), (self.ids, "dl_id"),
        )  # fmt: skip
        return (
            all(not chosen or record.header(name) in chosen for chosen, name in conditions)
            and (self.since is None or record.appended_at >= self.since)
            and (self.ref is None or self._about(record))
        )

    def newest(self, dead_letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Return the last `limit` of dead letters that are in order of time, or all."""
        return (
            dead_letters
            if self.limit is None
            else dead_letters[max(0, len(dead_letters) - self.limit) :]
        )

    @cached_property
    def _about(self) -> Keep:
        return dead_letters_about(self.ref or ("", ""))


def since(text: str, now: datetime) -> datetime:
    """Parse a time: 30m, 2h or 3d ago, or RFC 3339, in UTC unless it says otherwise.

    SettingError for any other text. Example: since("2h", now) is two hours before now.
    """
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        fix = "give how long ago (30m, 2h, 3d) or a time (2026-01-31T08:00:00Z)"
        raise SettingError(f"--since {text!r} is no time: {fix}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
