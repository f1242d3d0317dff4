"""Checks that each offer went to a worker whose profile met the task's requirement then."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sentuh.audit.report import Violation
from sentuh.history.collect import Deletion, History, PublishedEvent, Spot
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.parts import Requirement
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.topics import WORKERS

EARLY = timedelta(seconds=1)
"""A profile may be acted on this long before its record's time: clocks differ."""
LATE = timedelta(seconds=60)
"""And this long after the next one's: the router learns of it by reading, with a lag."""


LATE_AFTER_DELETION = timedelta(hours=1)
"""And this long after it was deleted: the router may have been away, and hears of it in steps."""


class _Version(NamedTuple):
    """What a worker's profile was from a time on; None where it was deleted."""

    worker_id: str
    spot: Spot
    at: datetime
    profile: WorkerProfiled | None

    @property
    def until(self) -> datetime:
        """Until when the version before this one may have been acted on."""
        return self.at + (LATE if self.profile else LATE_AFTER_DELETION)


class Profiles:
    """The profiles of every worker over time."""

    def __init__(self, history: History) -> None:
        self._whole = history.whole(WORKERS.name)
        self._versions: dict[str, list[_Version]] = defaultdict(list)
        published = history.of(WorkerProfiled)
        versions = [
            *(_Version(one.event.worker_id, one.spot, _time(one), one.event) for one in published),
            *(
                _Version(gone.key, gone.spot, _time(gone), None)
                for gone in history.deletions
                if gone.spot[0] == WORKERS.name
            ),
        ]
        for version in sorted(versions, key=lambda version: version.spot):
            self._versions[version.worker_id].append(version)

    def at(self, worker_id: str, moment: datetime) -> list[WorkerProfiled] | None:
        """Return the versions the router may have known at a moment; None if compaction took them.

        A deleted profile is no version. Example: a version of 10:00:00, replaced at 10:05:00, may
        be the known one until 10:06:00.
        """
        versions = self._versions.get(worker_id, [])
        valid: list[WorkerProfiled | None] = []
        for number, version in enumerate(versions):
            since = version.at - EARLY
            until = versions[number + 1].until if number + 1 < len(versions) else moment
            if since <= moment <= until:
                valid.append(version.profile)
        is_complete = bool(valid) or self._whole or not versions
        return [profile for profile in valid if profile is not None] if is_complete else None

    def capacity(self, worker_id: str, moment: datetime) -> int | None:
        """Return the highest capacity valid at a moment; None if no profile of then is kept."""
        return max((one.capacity for one in self.at(worker_id, moment) or ()), default=None)


def everybody_met_the_requirement(history: History) -> Iterator[Violation]:
    """Yield offers to workers who did not meet the task's requirement at that moment.

    Topics are ordered by time alone, so each profile valid within EARLY and LATE is tried.
    Example: an offer of 10:05:30 may rest on a profile that was replaced at 10:05:00.
    """
    profiles = Profiles(history)
    for published in history.of(AssignmentOffered):
        offer = published.event
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
    """Count the offers that rest on a profile that compaction has deleted since."""
    profiles = Profiles(history)
    offers = (published.event for published in history.of(AssignmentOffered))
    return sum(profiles.at(offer.worker_id, offer.at) is None for offer in offers)


def _meets(profile: WorkerProfiled, required: Requirement, pool: str) -> bool:
    return (
        profile.pool == pool
        and profile.status == "active"
        and all(profile.skills.get(need.skill, 0) >= need.level_min for need in required.skills)
        and all(_speaks(profile, language) for language in required.languages)
    )


def _speaks(profile: WorkerProfiled, language: str) -> bool:
    """Whether a tag of the profile begins with all the parts of the language, in any case."""
    wanted = _parts(language)
    return any(_parts(tag)[: len(wanted)] == wanted for tag in profile.languages)


def _parts(tag: str) -> list[str]:
    return tag.replace("_", "-").lower().split("-")


def _time(published: PublishedEvent[WorkerProfiled] | Deletion) -> datetime:
    return datetime.fromtimestamp(published.timestamp_ms / 1000, UTC)
