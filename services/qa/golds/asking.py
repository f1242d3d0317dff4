"""Decides which gold is asked and of whom, in two steps, and which gold is suspended.

The first step looks through all golds of a task type, of which little is loaded; the second loads a
few of them whole, with everybody who had each, and places one. Both follow from a timer, so that no
answer ever waits for them. Deciding either again changes nothing: a worker with whom a gold was
placed since the timer was announced is passed over, and so is a timer that is old.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.qa import keys
from services.qa.golds.kept import KeptGold, ShelfEntry, Terms
from services.qa.golds.members import DueMember, look_at, to_ask
from shared.contracts.events.golds import (
    GOLDS_MAX,
    PEOPLE_MAX,
    GoldDue,
    GoldPlaced,
    GoldSuspended,
    gold_key,
    gold_task_id,
)
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import QA_SOURCE, UNTIMED, OutputComposed
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import Write, unscore

PATIENCE = timedelta(minutes=10)
"""A timer that is older asks nobody: it was read again, or is announced again by the sweep."""
TRY_MAX = 16
"""Golds that are loaded whole to choose one; if everybody had all of them, the next are."""
AGAINST_MIN = 5
"""Trusted people who must contradict a gold until it is suspended, if fewer agree with it."""


@dataclass(frozen=True, slots=True)
class AroundGolds:
    """What decisions on golds read: each step has what it needs, and the rest is empty.

    shelf: the golds of the task type that may be asked. waiting: who else is due, by the ms of it.
    golds: those that the event names, whole. golded_ms: when a gold was last placed with whom.
    """

    shelf: Sequence[ShelfEntry] = ()
    waiting: Mapping[DueMember, int] = field(default_factory=dict)
    golds: Sequence[KeptGold] = ()
    golded_ms: Mapping[str, int] = field(default_factory=dict)


def ask(due: GoldDue, around: AroundGolds, now: datetime) -> Decision:
    """Return the decision on a timer about golds: look some out, place one, or suspend one.

    Example: w-7 is due, and of 40 golds the 16 that were placed least are looked at.
    """
    if due.worker_ids and now - due.at > PATIENCE:
        return Decision.done()
    if not due.gold_ids:
        return _look_out(due, around)
    suspended = tuple(_suspended(due, around.golds, now))
    if due.worker_ids:
        stopped = {event.gold_id for event in suspended}
        fit = [one for one in around.golds if one.gold_id not in stopped and one.may_be_asked]
        return Decision.of(*_placed(due, fit, around.golded_ms, now), *suspended)
    listed = keys.golds_due(due.pool, due.task_type)
    looked_at = (unscore(listed, look_at(due.task_type, one)) for one in due.gold_ids)
    return Decision.of(*suspended, index=looked_at)


# --- the first step ------------------------------------------------------------------------------


def _look_out(due: GoldDue, around: AroundGolds) -> Decision:
    """Return the decision that names the golds to look at: those placed least, then by chance.

    Others who are due are asked together with the worker, as many as a task of this type asks.
    """
    first = due.worker_ids[0]
    allowed = sorted(around.shelf, key=lambda one: one.gold_id)[:GOLDS_MAX]
    ranked = sorted(allowed, key=lambda one: (one.placed, _chance(first, one.gold_id)))
    tried = ranked[due.skipped : due.skipped + TRY_MAX]
    people = due.worker_ids if due.skipped else _together(due, around, _people(tried))
    index = _no_longer_waiting(due, around.waiting, people)
    if not tried:
        return Decision.of(index=index)
    named = {"worker_ids": people, "gold_ids": tuple(one.gold_id for one in tried)}
    return Decision.of(due.model_copy(update=named), index=index)


def _no_longer_waiting(
    due: GoldDue, waiting: Mapping[DueMember, int], people: Sequence[str]
) -> list[Write]:
    """Return the writes that take these workers out, the one who is due also if not loaded."""
    own = {one for one in _own(due, waiting) if one.worker_id in people}
    own |= {DueMember(due.task_type, who, trace_flags=due.trace_flags) for who in due.worker_ids}
    waited = keys.golds_due(due.pool, due.task_type)
    members = sorted(to_ask(one.task_type, one.worker_id, one.trace_flags) for one in own)
    return [unscore(waited, *members)]


def _people(tried: Sequence[ShelfEntry]) -> int:
    return max((one.people for one in tried), default=1)


def _together(due: GoldDue, around: AroundGolds, people: int) -> tuple[str, ...]:
    """Return the worker who is due and the next ones, as many as are asked together."""
    others = [one for one in _own(due, around.waiting) if one.worker_id not in due.worker_ids]
    others.sort(key=lambda one: (around.waiting[one], one.worker_id))
    names = dict.fromkeys((*due.worker_ids, *(one.worker_id for one in others)))
    return tuple(names)[: min(people, PEOPLE_MAX)]


def _own(due: GoldDue, waiting: Iterable[DueMember]) -> list[DueMember]:
    return [one for one in waiting if one.task_type == due.task_type and one.worker_id]


def _chance(worker_id: str, gold_id: str) -> bytes:
    return hashlib.sha256(f"{worker_id}\x1f{gold_id}".encode()).digest()


# --- the second step -----------------------------------------------------------------------------


def _placed(
    due: GoldDue, golds: Sequence[KeptGold], golded_ms: Mapping[str, int], now: datetime
) -> tuple[Event, ...]:
    """Return the events that place the gold which most of the workers have not had.

    Where everybody had all of these, the next ones are looked at.
    """
    people = [one for one in due.worker_ids if golded_ms.get(one, 0) < to_ms(due.at)]
    if not people:
        return ()
    fits = [(_fit_for(gold.terms, gold, people), gold) for gold in golds if gold.terms]
    asked, gold = max(fits, key=lambda one: len(one[0]), default=((), None))
    if gold is None or gold.terms is None or not asked:
        if len(due.gold_ids) < TRY_MAX:
            return ()
        more = {"worker_ids": tuple(people), "gold_ids": (), "skipped": due.skipped + TRY_MAX}
        return (due.model_copy(update=more),)
    return _events(due, gold.terms, gold, asked=asked, at=max(now, due.at))


def _events(
    due: GoldDue, terms: Terms, gold: KeptGold, *, asked: tuple[str, ...], at: datetime
) -> tuple[Event, ...]:
    """Return the output that shows a gold to these workers, and the journal's event about it."""
    number = gold.placed + 1
    key = gold_key(due.pool, due.task_type, gold.gold_id)
    task_id = gold_task_id(key, number, revision=terms.revision, nonce=terms.nonce, people=asked)
    composed = OutputComposed(
        pool=due.pool,
        at=UNTIMED,
        task_id=task_id,
        task_type=due.task_type,
        ref=OutputRef(
            source=QA_SOURCE,
            id=task_id,
            correlation_id=gold.gold_id,
            traceparent=_traceparent(f"{terms.nonce}\x1f{key}", number, due.trace_flags),
        ),
        output=terms.output,
        not_for=(),
        only_for=asked,
        ask="always",
    )
    placed = GoldPlaced(
        pool=due.pool,
        at=at,
        task_id=task_id,
        task_type=due.task_type,
        gold_id=gold.gold_id,
        revision=terms.revision,
        number=number,
        truth=terms.truth,
        only_for=asked,
    )
    return composed, placed


def _fit_for(terms: Terms, gold: KeptGold, people: Iterable[str]) -> tuple[str, ...]:
    fits = [one for one in people if one not in gold.had_by and one not in terms.not_for]
    return tuple(fits[: terms.people])


def _traceparent(secret: str, number: int, flags: str) -> str | None:
    """Return a trace for a gold where the tasks around it come in traces of upstream's.

    Without one it is derived from the task's id, as that of any task; who knows how would see. So
    would who can guess what it is made of.
    """
    if not flags:
        return None
    digits = hashlib.sha256(f"{secret}\x1f{number}".encode()).hexdigest()
    return f"00-{digits[:32]}-{digits[32:48]}-{flags}"


def _suspended(due: GoldDue, golds: Iterable[KeptGold], now: datetime) -> Iterable[GoldSuspended]:
    """Yield that a gold is suspended where more trusted people contradict it than agree.

    Of what was said before it was suspended the last time nothing counts.
    """
    for gold in golds:
        against = gold.against - gold.stopped.against
        agreed = gold.agreed - gold.stopped.agreed
        if gold.terms is None or gold.terms.revision <= gold.stopped.revision:
            continue
        if against >= AGAINST_MIN and against > agreed:
            yield GoldSuspended(
                pool=due.pool,
                at=now,
                task_type=due.task_type,
                gold_id=gold.gold_id,
                revision=gold.terms.revision,
                against=against,
                agreed=agreed,
            )
