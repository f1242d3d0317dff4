"""Says which records change what is listed: golds that are new or say something else, flags."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shared.contracts import envelope
from shared.contracts.errors import SettingError
from shared.contracts.events.golds import GoldListed
from shared.contracts.record import Outgoing
from shared.contracts.topics import GOLDS, Names

SENDER = "operators"


def changed(
    golds: Iterable[GoldListed], listed: Mapping[str, GoldListed], now: datetime
) -> list[GoldListed]:
    """Return the golds that are not listed so far, or otherwise, each with a revision of its own.

    What was suspended stays so, with its reason. Example: of 40 golds of which one has another
    truth than before, that one.
    """
    return [
        _anew(gold, listed.get(gold.key), now)
        for gold in golds
        if not _is_listed_so(gold, listed.get(gold.key))
    ]


def _is_listed_so(gold: GoldListed, before: GoldListed | None) -> bool:
    if before is None:
        return False
    same = {"at": before.at, "revision": before.revision, "nonce": before.nonce, **_flags(before)}
    return gold.model_copy(update=same) == before


def _anew(gold: GoldListed, before: GoldListed | None, now: datetime) -> GoldListed:
    flags = {} if before is None else _flags(before)
    return gold.model_copy(update={"revision": _next(before, now), "at": now, **flags})


def _flags(gold: GoldListed) -> Mapping[str, object]:
    return {"suspended": gold.suspended, "reason": gold.reason}


def _next(before: GoldListed | None, now: datetime) -> int:
    """Return the next revision: the time in seconds, so that it rises after a gold was taken back
    and nobody knows the last one any more.
    """
    return max(int(now.timestamp()), 0 if before is None else before.revision + 1)


def flagged(
    golds: Iterable[GoldListed], now: datetime, *, suspended: bool, reason: str | None = None
) -> list[GoldListed]:
    """Return these golds, suspended or resumed, with a higher revision each."""
    update = {"suspended": suspended, "reason": reason if suspended else None, "at": now}
    return [gold.model_copy(update={**update, "revision": _next(gold, now)}) for gold in golds]


def taken_back(golds: Iterable[GoldListed], names: Names) -> list[Outgoing]:
    """Return the records without a value that take these golds back."""
    topic = names.of(GOLDS)
    return [Outgoing(topic, one.key.encode(), None, ()) for one in golds]


def named_golds(
    ids: Sequence[str], listed: Mapping[str, GoldListed], task_type: str | None
) -> list[GoldListed]:
    """Return the listed golds of these ids, of a task type alone if one is named.

    Raises SettingError for an id that no listed gold has, or several have.
    """
    golds = []
    for gold_id in ids:
        every = [
            one
            for one in listed.values()
            if one.gold_id == gold_id and task_type in (None, one.task_type)
        ]
        if not every:
            of_type = "" if task_type is None else f" for {task_type}"
            fix = "look at `sentuh golds list`"
            raise SettingError(f"{gold_id}: no gold of this id is listed{of_type}: {fix}")
        if len(every) > 1:
            types = ", ".join(sorted(one.task_type for one in every))
            raise SettingError(f"{gold_id}: {types} have one of this id: name one with --type")
        golds += every
    return golds


def as_records(golds: Iterable[GoldListed], names: Names) -> list[Outgoing]:
    """Return the records of these golds, as they go onto the topic."""
    return [
        envelope.encode(
            gold,
            names,
            source=SENDER,
            cause=gold.event_id,
            traceparent=envelope.derived_traceparent(gold.event_id),
        )
        for gold in golds
    ]
