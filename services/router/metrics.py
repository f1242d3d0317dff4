"""Prometheus metrics of the router: offers and how they ended, waiting tasks by skill, times."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import get_args

from prometheus_client import REGISTRY, CollectorRegistry

from services.router import keys
from services.router.state import Rules, parsed_rules
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskUnroutable,
)
from shared.contracts.events.declining import REASONS
from shared.contracts.events.model import Event
from shared.observe.instruments import FOREVER, Instruments
from shared.pattern.clock import from_ms
from shared.state.store import Hash
from shared.state.view import View

ROUNDS = ("first", "review")
NO_SKILL, OTHER = "none", "other"
UNSAID = "unsaid"
"""The label of a decline without a reason."""
SKILLS_MAX = 200
"""Skills that get a label of their own; all further ones share the label `other`.
The skills come from the catalog of task types, by way of the tasks.
"""
TASK_TYPES_MAX = 200
"""Task types with drafts that get a label of their own; all further ones share `other`."""
STALE = timedelta(seconds=60)
"""After this time without a sweep (periodic search), a partition belongs to another process."""


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Numbers of one lane (waiting tasks and free workers for one requirement) in one sweep.

    skills: those the requirement names. waiting: tasks that need a worker. stuck: tasks that no
    registered worker can take. free: workers who can take another task, counted up to a limit.
    Example: `waiting=3, stuck=0, free=0`: three tasks, and everybody is busy or away.
    """

    skills: tuple[str, ...]
    waiting: int
    stuck: int
    free: int


class RouterMetrics:
    """The Prometheus metrics of one router process.

    Counters cover the events of its committed decisions; gauges cover the partitions whose lanes
    (waiting tasks and free workers, one for each requirement) it searches.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.instruments = Instruments(registry)
        self._swept: dict[tuple[str, int], tuple[datetime, tuple[LaneCount, ...]]] = {}
        self._skills = {NO_SKILL, OTHER}
        self._gauges()
        self._counters()
        self._ends()
        self._times()
        self._draft_answers()
        self._by_event: Mapping[type[Event], Callable[[Event, View], None]] = {
            AssignmentOffered: self._offered,
            AssignmentAnswered: self._answered,
            AssignmentDeclined: self._declined,
            AssignmentExpired: lambda *_: self._endings.labels("expired").inc(),
            AssignmentWithdrawn: lambda *_: self._endings.labels("withdrawn").inc(),
            TaskClosed: self._closed,
            TaskUnroutable: lambda *_: self._unroutable.inc(),
        }

    def _gauges(self) -> None:
        made = self.instruments
        self._waiting_tasks = made.gauge(
            "sentuh_router_waiting_tasks",
            "Tasks with a vacant seat, by each skill their lane asks for (`none`: for no skill).",
            "More work than people with this skill: call more in, or train some.",
            skill=sorted(self._skills),
        )
        self._waiting_lanes = made.gauge(
            "sentuh_router_waiting_lanes",
            "Lanes in which tasks wait for somebody to be free.",
            "Work waits in more places at once.",
        )
        self._starved_lanes = made.gauge(
            "sentuh_router_starved_lanes",
            "Lanes in which tasks wait and nobody who fits is free.",
            "Everybody who fits is busy or away.",
        )
        self._unroutable_lanes = made.gauge(
            "sentuh_router_unroutable_lanes",
            "Lanes in which tasks wait that no registered worker can take.",
            "A new requirement, or the last worker who met one has gone.",
        )
        self._unroutable_tasks = made.gauge(
            "sentuh_router_unroutable_tasks",
            "Tasks that no registered worker can take.",
            "Work comes in that nobody can ever do until somebody is registered.",
        )
        self._kept = made.gauge(
            "sentuh_router_kept_presences",
            "Presences kept for pools that no profile and no task has named, 10,000 at most.",
            "Apps name a wrong pool, profiles are missing, or strangers write to `presence`.",
        )

    def kept(self, count: int) -> None:
        """Set how many presences are kept for pools that no profile and no task has named."""
        self._kept.set(count)

    def _counters(self) -> None:
        made = self.instruments
        self.deadlines = made.counter(
            "sentuh_router_deadlines",
            "Deadlines announced as passed.",
            "Leases run out: people do not answer in time.",
        )
        self._offers = made.counter(
            "sentuh_router_offers",
            "Offers made; `review`: for a seat that was asked for after the first answers.",
            "More people are asked.",
            round=ROUNDS,
        )
        self._late = made.counter(
            "sentuh_router_late_answers",
            "Answers after their lease had ended: kept and paid, not counted.",
            "Money goes into answers that do not count: the times of the task type are too short.",
        )
        self._closings = made.counter(
            "sentuh_router_closed_tasks",
            "Tasks that take no more answers, by why.",
            "`deadline`, `exhausted`: people were too few or too slow.",
            reason=get_args(TaskClosed.model_fields["reason"].annotation),
        )
        self._unroutable = made.counter(
            "sentuh_router_unroutable_said",
            "Tasks found to be such that no registered worker can take them.",
            "As `sentuh_router_unroutable_tasks`.",
        )

    def _ends(self) -> None:
        made = self.instruments
        self._endings = made.counter(
            "sentuh_router_offer_endings",
            "Offers by how they ended. A late answer comes after its offer expired.",
            "`expired`: people do not look, or have too little time; `declined`: they do not want"
            " it: question or pay; `withdrawn`: too many were asked.",
            ending=("answered", "declined", "expired", "withdrawn"),
        )
        self._declines = made.counter(
            "sentuh_router_declines",
            "Offers that workers declined, by the reason they gave (`unsaid`: none).",
            "`media_unusable`, `output_unreadable`, `question_unclear`, `no_option_fits`: look at"
            " the items (`sentuh trace`) and at the task type; `wrong_language`, `not_my_skill`:"
            " at its requirement, and at the profiles.",
            reason=(*REASONS, UNSAID),
        )

    def _times(self) -> None:
        made = self.instruments
        self._offer_wait = made.histogram(
            "sentuh_router_offer_wait_seconds",
            (
                "Time from a task's creation to an offer of one of its first seats.",
                "Tasks wait for people, or the router is behind.",
            ),
            (0.1, 0.25, 0.5, *FOREVER),
        )
        self._answer = made.histogram(
            "sentuh_router_answer_seconds",
            (
                "Time from an offer to its answer, late ones included.",
                "People take longer: harder tasks, or they look at their offers less often.",
            ),
            FOREVER,
        )

    def _draft_answers(self) -> None:
        self._draft_types = {OTHER}
        self._drafts = self.instruments.counter(
            "sentuh_router_draft_answers",
            "Answers to tasks of which the model made a draft, by whether the worker began from it"
            " and whether the answer says the same.",
            "What `drafted` has of `same` above `blind` is how far drafts lead people. Near all of"
            " `drafted`: they are accepted unread.",
            task_type=(OTHER,),
            began=("drafted", "blind"),
            answer=("same", "another"),
        )

    def lanes(self, place: tuple[str, int], now: datetime, counts: Iterable[LaneCount]) -> None:
        """Set the gauges after the sweep (periodic search) of one partition.

        `place` is the pool's hash tag and the partition; `counts` are the numbers of each of its
        lanes. Partitions that this process has not swept for STALE are no longer counted.
        Example: two partitions with 3 and 2 tasks that no worker can take: the gauge shows 5.
        """
        counts = tuple(counts)
        before = self._swept.pop(place, None)
        if counts:
            self._swept[place] = (now, counts)  # the latest is the last
        # Partitions move between processes: kept here, they would be counted by both.
        gone = list(takewhile(lambda other: now - self._swept[other][0] > STALE, self._swept))
        for other in gone:
            del self._swept[other]
        if not counts and before is None and not gone:
            return  # mostly so: a lane is in one partition alone
        every = [lane for _, partition in self._swept.values() for lane in partition]
        self._waiting_lanes.set(sum(bool(lane.waiting) for lane in every))
        self._starved_lanes.set(sum(bool(lane.waiting) and not lane.free for lane in every))
        self._unroutable_lanes.set(sum(bool(lane.stuck) for lane in every))
        self._unroutable_tasks.set(sum(lane.stuck for lane in every))
        self._by_skill(every)

    def _by_skill(self, lanes: Sequence[LaneCount]) -> None:
        waiting = dict.fromkeys(self._skills, 0)
        for lane in lanes:
            for skill in lane.skills or (NO_SKILL,):
                has_label = skill in waiting or len(waiting) < SKILLS_MAX
                label = skill if has_label else OTHER
                waiting[label] = waiting.get(label, 0) + lane.waiting
        self._skills |= waiting.keys()
        for skill, count in waiting.items():
            self._waiting_tasks.labels(skill).set(count)

    def observe(self, events: Sequence[Event], view: View) -> None:
        """Count the events of committed decisions; `view` holds the loaded state of their tasks."""
        for event in events:
            count = self._by_event.get(type(event))
            if count is not None:
                count(event, view)

    def _offered(self, event: Event, view: View) -> None:
        assert isinstance(event, AssignmentOffered)  # noqa: S101 - by the table
        task = view.fields(keys.task(event.pool, event.task_id))
        rules, created_at = _rules(view, event.pool, task), task.get("created_at")
        review = rules and int(task.get("wanted", 0)) > rules.answers_min
        self._offers.labels(ROUNDS[bool(review)]).inc()
        if created_at and not review:
            self._offer_wait.observe(_seconds(event.at - from_ms(int(created_at))))

    def _answered(self, event: Event, view: View) -> None:
        assert isinstance(event, AssignmentAnswered)  # noqa: S101 - by the table
        (self._late if event.late else self._endings.labels("answered")).inc()
        self._count_draft(event)
        rules = _rules(view, event.pool, view.fields(keys.task(event.pool, event.task_id)))
        if rules:
            offered_at = event.accept_by - timedelta(seconds=rules.accept_seconds)
            self._answer.observe(_seconds(event.answered_at - offered_at))

    def _count_draft(self, event: AssignmentAnswered) -> None:
        if event.drafted is None or event.unchanged is None:
            return
        if len(self._draft_types) <= TASK_TYPES_MAX:
            self._draft_types.add(event.task_type)
        task_type = event.task_type if event.task_type in self._draft_types else OTHER
        began = "drafted" if event.drafted else "blind"
        self._drafts.labels(task_type, began, "same" if event.unchanged else "another").inc()

    def _declined(self, event: Event, _: View) -> None:
        assert isinstance(event, AssignmentDeclined)  # noqa: S101 - by the table
        self._endings.labels("declined").inc()
        self._declines.labels(event.reason or UNSAID).inc()

    def _closed(self, event: Event, _: View) -> None:
        assert isinstance(event, TaskClosed)  # noqa: S101 - by the table
        self._closings.labels(event.reason).inc()


def _rules(view: View, pool: str, task: Hash) -> Rules | None:
    """Return the rules (shared part of the policy) of a task's hash, or None if it is closed."""
    policy = view.fields(keys.rules(pool, task.get("rules", ""))).get("policy")
    return parsed_rules(policy) if policy else None


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())
