"""Checks that an offer went to somebody as reliable as the task asks for, or to a newcomer."""

import hashlib
from collections.abc import Iterator

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.parts import Requirement
from shared.contracts.events.ratings import SeenRating, WorkerRated
from shared.contracts.topics import RATINGS

KNOWN_FROM = 10
"""Answers from which on a rating counts; before, whoever has it is a newcomer."""


def everybody_was_reliable_enough(history: History) -> Iterator[Violation]:
    """Yield offers to workers below the bound whom the newcomers' share does not let in.

    An offer records which rating it relied on: that one must have been announced, as long as no
    rating was compacted away. Example: below 0.8, and the assignment's number above the share.
    """
    announced = _announced(history)
    for published in history.of(AssignmentOffered):
        offer = published.event
        task = history.tasks.get(offer.task_id)
        required = task.policy.requirement if task else offer.why.required
        subject = f"{offer.assignment_id} {offer.worker_id}"
        if required.reliability_min is not None and not _is_let_in(required, offer):
            what = f"offered a task that requires a reliability of {required.reliability_min}"
            yield Violation(subject, f"{what}; was below it, and no newcomer of the share")
        rating = offer.rating
        about = (offer.pool, offer.task_type, offer.worker_id)
        if announced is not None and rating and (*about, *_of(rating)) not in announced:
            yield Violation(subject, "offered by a rating that was never announced")


def _is_let_in(required: Requirement, offer: AssignmentOffered) -> bool:
    rating, least = offer.rating, required.reliability_min
    if rating and least is not None and rating.count >= KNOWN_FROM and rating.lower >= least:
        return offer.explored is False
    return offer.explored is True and _place(offer.assignment_id) < (required.newcomer_share or 0)


def _place(assignment_id: str) -> float:
    """Return where an assignment stands among all, 0..1, by the hash of its id."""
    number = hashlib.sha256(b"newcomer\x1f" + assignment_id.encode()).hexdigest()[:16]
    return int(number, 16) / 16**16


def _announced(history: History) -> set[tuple[str, str, str, float, int]] | None:
    """Return the ratings that were announced; None where some may be gone."""
    if not history.whole(RATINGS.name):
        return None
    events = (published.event for published in history.of(WorkerRated))
    return {(one.pool, one.task_type, one.worker_id, one.lower, one.count) for one in events}


def _of(rating: SeenRating) -> tuple[float, int]:
    return rating.lower, rating.count
