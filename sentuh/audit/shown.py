"""Checks what each worker was shown: what their app can show, and nothing that is not for them.

A draft is the model's own answer from which a worker may begin; a blind offer shows none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sentuh.audit.report import Violation
from sentuh.history.collect import History, Spot
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged
from shared.contracts.questions import KINDS
from shared.contracts.topics import PRESENCE

EARLY = timedelta(seconds=1)
"""A presence may be acted on this long before its record's time: clocks differ."""
LATE = timedelta(minutes=10)
"""And this long after the next one's. A presence for a pool that the router does not know yet is
kept apart and handed on in steps, which may wait for a process that is away.
"""
SHOWN_WITHOUT_A_LIST = ("choice",)


class _Presence(NamedTuple):
    """What a worker's app showed from a time on; in every pool where the presence was deleted."""

    spot: Spot
    at: datetime
    pool: str
    kinds: tuple[str, ...]


class Presences:
    """What the app of every worker showed over time."""

    def __init__(self, history: History) -> None:
        self._whole = history.whole(PRESENCE.name)
        self._said: dict[str, list[_Presence]] = defaultdict(list)
        for one in history.of(PresenceChanged):
            event = one.event
            kinds = SHOWN_WITHOUT_A_LIST if event.kinds is None else tuple(event.kinds)
            said = _Presence(one.spot, _time(one.timestamp_ms), event.pool, kinds)
            self._said[event.worker_id].append(said)
        for gone in history.deletions:
            if gone.spot[0] == PRESENCE.name:
                said = _Presence(gone.spot, _time(gone.timestamp_ms), "", SHOWN_WITHOUT_A_LIST)
                self._said[gone.key].append(said)
        for every in self._said.values():
            every.sort(key=lambda presence: presence.spot)

    def kinds_at(self, worker_id: str, pool: str, moment: datetime) -> set[str] | None:
        """Return the kinds that the worker's app may have been known to show in a pool.

        None where compaction has deleted what was said then. Example: an app that listed ratings
        until 10:00 may be offered one until 10:10.
        """
        said = [one for one in self._said.get(worker_id, ()) if one.pool in (pool, "")]
        valid = [one for number, one in enumerate(said) if _is_valid(said, number, moment)]
        if valid:
            return {kind for one in valid for kind in one.kinds}
        return {*SHOWN_WITHOUT_A_LIST} if self._whole else None


def _is_valid(all_said: Sequence[_Presence], number: int, moment: datetime) -> bool:
    until = all_said[number + 1].at + LATE if number + 1 < len(all_said) else moment
    return all_said[number].at - EARLY <= moment <= until


def everybodys_app_could_show_it(history: History) -> Iterator[Violation]:
    """Yield offers of a kind of question that the worker's app did not show at that moment."""
    presences = Presences(history)
    for published in history.of(AssignmentOffered):
        offer = published.event
        task = history.tasks.get(offer.task_id)
        shown = presences.kinds_at(offer.worker_id, offer.pool, offer.at)
        if task is None or shown is None or task.policy.asks.kind in shown:
            continue
        kinds = ", ".join(sorted(shown)) or "nothing"
        detail = f"offered a question of kind {task.policy.asks.kind}; their app showed {kinds}"
        yield Violation(f"{offer.assignment_id} {offer.worker_id}", detail)


def nobody_was_asked_whom_it_is_not_for(history: History) -> Iterator[Violation]:
    """Yield offers of tasks to workers whom the task itself leaves out, as an author is.

    Where it names certain people, everybody else is left out.
    """
    for published in history.of(AssignmentOffered):
        offer = published.event
        task = history.tasks.get(offer.task_id)
        asked = None if task is None else task.asked
        if asked is None:
            continue
        others = bool(asked.only_for) and offer.worker_id not in asked.only_for
        if others or offer.worker_id in asked.not_for:
            subject = f"{offer.assignment_id} {offer.worker_id}"
            yield Violation(subject, "offered a task that is not for this worker")


def drafts_are_as_they_were_offered(history: History) -> Iterator[Violation]:
    """Yield blind offers that show the model's answer, and answers that deny how they were offered.

    Who is shown the draft is decided once, and repeated by the token and by the answer.
    Example: offered blind, and answered as drafted.
    """
    drafted = {one.event.assignment_id: one.event for one in history.of(AssignmentOffered)}
    for made in history.of(OfferMade):
        offer, claims = made.event, made.event.claims
        subject = f"{claims.assignment_id} {claims.worker_id}"
        in_journal = drafted.get(claims.assignment_id)
        if in_journal is not None and in_journal.drafted != claims.drafted:
            yield Violation(subject, "the journal and the offer differ on whether it is drafted")
        draft = offer.asked is not None and offer.asked.draft is not None
        if draft is not bool(claims.drafted):
            yield Violation(
                subject, "blind, and holds a draft" if draft else "drafted, without one"
            )
    for answered in history.of(AssignmentAnswered):
        answer = answered.event
        offered = drafted.get(answer.assignment_id)
        if offered is not None and offered.drafted != answer.drafted:
            subject = f"{answer.assignment_id} {answer.worker_id}"
            yield Violation(subject, "answered otherwise drafted than it was offered")


def nothing_shown_leads_anybody(history: History) -> Iterator[Violation]:
    """Yield offers that show which model it was, what it answered or how sure it was.

    The answer may be shown where people are asked about it, and the text where it is material to
    judge or to mend; of a kind that knows drafts, only to whoever begins from one. Offers of
    choices are passed over: an older build's name the model, and are kept for a day.
    """
    for made in history.of(OfferMade):
        claims, task = made.event.claims, history.tasks.get(made.event.claims.task_id)
        if claims.asks.kind in SHOWN_WITHOUT_A_LIST:
            continue
        leading = set(_LEADING)
        if task is not None and task.asked is not None and task.asked.judges_answer:
            leading.discard("answer")
        if KINDS[claims.asks.kind].drafts and not claims.drafted:
            leading.add("text")
        output = made.event.output
        shown = sorted(name for name in leading if getattr(output, name) not in (None, ()))
        if shown:
            subject = f"{claims.assignment_id} {claims.worker_id}"
            yield Violation(subject, f"shows what could lead them: {', '.join(shown)}")


_LEADING = ("format", "labels", "answer", "candidates", "confidence", "model", "model_version")


def _time(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
