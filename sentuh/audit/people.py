"""Workers' profiles over time, and whether each offer went to somebody who met its requirement."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sentuh.audit.report import Violation
from sentuh.history.collect import History, Seen
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.parts import Requirement
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.topics import WORKERS

EARLY = timedelta(seconds=1)
"""A profile may be acted on this long before its record's time: clocks differ."""
LATE = timedelta(seconds=60)
"""And this long after the next one's: the router learns of it by reading, with a lag."""


class Profiles:
    """Which profiles of a worker may have been the known one at a moment."""

    def __init__(self, history: History) -> None:
        self._whole = history.whole(WORKERS.name)
        self._versions: dict[str, list[Seen[WorkerProfiled]]] = defaultdict(list)
        for seen in sorted(history.of(WorkerProfiled), key=lambda seen: seen.spot):
            self._versions[seen.event.worker_id].append(seen)

    def at(self, worker_id: str, moment: datetime) -> list[WorkerProfiled] | None:
        """The versions valid within EARLY and LATE; None where compaction took what was."""
        versions = self._versions.get(worker_id, [])
        found = []
        for number, seen in enumerate(versions):
            since = _time(seen) - EARLY
            until = _time(versions[number + 1]) + LATE if number + 1 < len(versions) else moment
            if since <= moment <= until:
                found.append(seen.event)
        known_before = bool(found) or self._whole or not versions
        return found if known_before else None

    def capacity(self, worker_id: str, moment: datetime) -> int | None:
        """The highest capacity valid then; None where nobody can say."""
        return max((one.capacity for one in self.at(worker_id, moment) or ()), default=None)


def everybody_met_the_requirement(history: History) -> Iterator[Violation]:
    """Nobody is offered a task whose requirement they did not meet at that moment.

    Between topics there is no order but time, so any profile that may have been the known one
    within EARLY and LATE will do; who met it only before or after that did not.
    """
    profiles = Profiles(history)
    for seen in history.of(AssignmentOffered):
        offer = seen.event
        task = history.tasks.get(offer.task_id)
        required = task.policy.requirement if task else offer.why.required
        subject = f"{offer.assignment_id} {offer.worker_id}"
        if required != offer.why.required:
            yield Violation(subject, "offered for another requirement than its task has")
        valid = profiles.at(offer.worker_id, offer.at)
        if valid is None or any(_meets(one, required, offer.pool) for one in valid):
            continue
        what = required.lane().strip("|") or "an active profile"
        had = "met it by no profile valid then" if valid else "had no profile then"
        yield Violation(subject, f"offered a task that requires {what}; {had}")


def offers_not_judged(history: History) -> int:
    """How many offers went out on a profile that compaction has taken since."""
    profiles = Profiles(history)
    offers = (seen.event for seen in history.of(AssignmentOffered))
    return sum(profiles.at(offer.worker_id, offer.at) is None for offer in offers)


def _meets(profile: WorkerProfiled, required: Requirement, pool: str) -> bool:
    return (
        profile.pool == pool
        and profile.status == "active"
        and all(profile.skills.get(need.skill, 0) >= need.level_min for need in required.skills)
        and set(required.languages) <= set(profile.languages)
    )


def _time(seen: Seen[WorkerProfiled]) -> datetime:
    return datetime.fromtimestamp(seen.timestamp_ms / 1000, UTC)
