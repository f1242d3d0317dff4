"""Which dead letters are meant: by service, reason, age, output or id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sentuh.history.collect import DeadLetter
from sentuh.history.output_refs import Ref
from sentuh.history.topic_reader import Keep
from sentuh.trace.output_records import letters_about
from shared.contracts.errors import SettingError
from shared.contracts.record import Record

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Choice:
    """What a letter must be to be meant; an empty set, or None, leaves all in."""

    services: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    ref: Ref | None = None
    since: datetime | None = None
    limit: int | None = field(default=None, kw_only=True)

    @property
    def says_which(self) -> bool:
        """Whether anything but age and number was asked for."""
        return bool(self.services or self.reasons or self.ids or self.ref)

    def takes(self, record: Record) -> bool:
        """Whether the record of a letter is one that is meant."""
        wanted = (
            (self.services, "dl_service"), (self.reasons, "dl_reason"), (self.ids, "dl_id"),
        )  # fmt: skip
        return (
            all(not chosen or record.header(name) in chosen for chosen, name in wanted)
            and (self.since is None or record.appended_at >= self.since)
            and (self.ref is None or self._about(record))
        )

    def newest(self, letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """The last `limit` of letters in order of time, or all."""
        return letters if self.limit is None else letters[max(0, len(letters) - self.limit) :]

    @cached_property
    def _about(self) -> Keep:
        return letters_about(self.ref or ("", ""))


def since(text: str, now: datetime) -> datetime:
    """A time that `30m`, `2h`, `3d` ago or RFC 3339 means (UTC where it says none); SettingError
    for any other text.
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
