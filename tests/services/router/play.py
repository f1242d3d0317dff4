"""Random days at the desk: people come, go, answer twice; two processes overtake each other."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random

from shared.contracts.errors import Refused
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
)
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Policy, Requirement, SkillNeed, Stopping
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.questions.rating import RatingQuestion
from shared.pattern.clock import to_ms
from shared.pattern.service import Unit
from tests.services.router.builders import a_review, a_verdict
from tests.services.router.in_memory import Desk
from tests.support.builders import a_policy, a_task
from tests.support.people import accepting, answering, declining

LEVELS = (1, 2, 3)
WORKERS = ("w-1", "auth0|w-2", "a", "a:lanes", "a:places", "urn:w;%7C")
"""Ids as identity providers write them; some would name another's keys, were they not escaped."""
ENDINGS = (AssignmentDeclined, AssignmentExpired, AssignmentWithdrawn, AssignmentAnswered)
SHOWN = (None, None, ("choice",), ("choice", "rating"), ("rating",), ())
"""What apps say they show."""
PRESENCES = ("available", "available", "available", "paused", "away")


class Play:
    """One seed, one course of events. `heard` is everything that came in, in order.

    With `kinds`, half of the tasks ask for ratings, and workers' apps show now these kinds and now
    those.
    """

    def __init__(self, seed: int, *, kinds: bool = False) -> None:
        self.random = Random(seed)
        self._shown = Random(seed) if kinds else None
        self.desk = Desk()
        self.heard: list[Event] = []
        self.tasks = 0

    async def run(self, steps: int) -> "Play":
        """So many steps, then time enough for everything that is due."""
        for _ in range(steps):
            await self.step()
        return self

    async def step(self) -> None:
        """Some events at once, decided by one process or by two who know nothing of each other."""
        self.desk.wait(self.random.choice((0, 0, 0.5, 1, 5, 40)))
        self.desk.lag = timedelta(seconds=self.random.choice((0, 0, 2, 30)))
        events = [found for _ in range(self.random.randint(1, 4)) for found in self.something()]
        if self.random.random() < 0.5:
            events += await self.desk.due()
        self.hear(events)

    def hear(self, events: list[Event]) -> None:
        """Two processes decide on the same state; who is overtaken decides again."""
        self.heard += events
        self.random.shuffle(events)
        half = len(events) // 2 if self.random.random() < 0.5 else 0
        batches = [self.desk.decide(self._units(part)) for part in (events[:half], events[half:])]
        for batch in batches:
            in_conflict, _ = self.desk.commit(batch)
            for unit in in_conflict:
                self.desk.finish([unit])
        if self.random.random() < 0.1:
            self.desk.forget_outcomes()

    def hear_again(self, event: Event) -> None:
        """Take one in alone; a refusal is an answer too."""
        with suppress(Refused):
            self.desk.hear(event)

    def _units(self, events: Sequence[Event]) -> list[Unit]:
        """Read each event; one that a check refuses is left out."""
        units: list[Unit] = []
        for event in events:
            with suppress(Refused):
                units += self.desk.units(event)
        return units

    def something(self) -> list[Event]:
        """One thing that happens."""
        acts = (self.task, self.profile, self.presence, self.respond, self.respond, self.respond)
        return self.random.choice((*acts, self.review, self.verdict, self.again))()

    def task(self) -> list[Event]:
        """A new task."""
        self.tasks += 1
        need = SkillNeed(skill="animals", level_min=self.random.choice(LEVELS))
        policy = a_policy(
            answers_min=self.random.randint(1, 3),
            requirement=Requirement(skills=(need,)),
            deadline_at=self.desk.now + timedelta(seconds=self.random.choice((20, 100, 400))),
        )
        if self._shown is not None and self._shown.random() < 0.5:
            policy = rated(policy)
        return [a_task(f"t-{self.tasks}", policy=policy, at=self.desk.now)]

    def _worker(self) -> str:
        return self.random.choice(WORKERS)

    def _task(self) -> str:
        """A task qa has heard of: the router queued it before."""
        queued = [event.task_id for event in self.desk.of(TaskQueued)]
        return self.random.choice(queued or ["t-none"])

    def profile(self) -> list[Event]:
        """A profile; rarely a suspended one."""
        status = "suspended" if self.random.random() < 0.1 else "active"
        skills = {"animals": self.random.choice(LEVELS)}
        capacity = self.random.randint(1, 3)
        worker = self._worker()
        return [self.desk.profile(worker, skills=skills, capacity=capacity, status=status)]

    def presence(self) -> list[Event]:
        """A presence."""
        kinds = None if self._shown is None else self._shown.choice(SHOWN)
        worker, presence = self._worker(), self.random.choice(PRESENCES)
        return [self.desk.presence(worker, presence, kinds=kinds)]  # type: ignore[arg-type]

    def respond(self) -> list[Event]:
        """A response to some offer, mostly to a recent one."""
        offers = self.desk.of(OfferMade)
        if not offers:
            return []
        offer = self.random.choice(offers[-8:])
        respond = self.random.choice((accepting, declining, answering, answering))
        if respond is answering and offer.claims.asks.kind == "rating":
            return [answering(offer, 3)]
        return [respond(offer)]

    def review(self) -> list[Event]:
        """Another answer is wanted."""
        return [a_review(self.random.randint(2, 4), self._task())]

    def verdict(self) -> list[Event]:
        """Enough."""
        return [a_verdict(self._task())] if self.random.random() < 0.4 else []

    def again(self) -> list[Event]:
        """Something that came before."""
        old = [e for e in self.heard if not isinstance(e, WorkerProfiled | PresenceChanged)]
        return [self.random.choice(old)] if old else []


def rated(policy: Policy) -> Policy:
    """The same task, for a rating from 1 to 5."""
    asks = RatingQuestion(low=1, high=5)
    return policy.model_copy(update={"asks": asks, "stopping": Stopping(tolerance=0.5)})


def over_capacity(journal: list[Event]) -> list[str]:
    """Each place whose turn was offered twice, or before the turn before it had ended."""
    wrong: list[str] = []
    turns: dict[tuple[str, int], int] = defaultdict(int)
    ended: dict[tuple[str, int], set[int]] = defaultdict(set)
    for event in journal:
        if isinstance(event, AssignmentOffered):
            place = (event.worker_id, event.place)
            if event.turn != turns[place] + 1 or len(ended[place]) != turns[place]:
                wrong.append(f"{place} turn {event.turn}: {turns[place]} before, {ended[place]}")
            turns[place] = event.turn
        elif isinstance(event, ENDINGS) and not (
            isinstance(event, AssignmentAnswered) and event.late
        ):
            ended[(event.worker_id, event.place)].add(event.turn)
    return wrong


def overlapping(journal: list[Event]) -> list[str]:
    """Each task with a worker twice, more seats than wanted, or an assignment that ended twice."""
    wrong: list[str] = []
    wanted: dict[str, int] = defaultdict(int)
    held: dict[str, set[str]] = defaultdict(set)
    asked: set[tuple[str, str]] = set()
    over: set[str] = set()
    for event in journal:
        if isinstance(event, TaskQueued):
            wanted[event.task_id] = max(event.wanted, wanted[event.task_id])
        elif isinstance(event, AssignmentOffered):
            pair = (event.task_id, event.worker_id)
            wrong += [f"asked twice {pair}"] if pair in asked else []
            asked.add(pair)
            held[event.task_id].add(event.assignment_id)
            if len(held[event.task_id]) > wanted[event.task_id]:
                wrong.append(f"{event.task_id}: {held[event.task_id]} of {wanted[event.task_id]}")
        elif isinstance(event, ENDINGS):
            wrong += _ended(event, held, over)
    return wrong


def _ended(event: Event, held: dict[str, set[str]], over: set[str]) -> list[str]:
    assert isinstance(event, ENDINGS)
    if isinstance(event, AssignmentAnswered) and event.late:
        return []
    if event.assignment_id in over:
        return [f"ended twice: {event}"]
    over.add(event.assignment_id)
    if not isinstance(event, AssignmentAnswered):
        held[event.task_id].discard(event.assignment_id)
    return []


def early_or_late(journal: list[Event]) -> list[str]:
    """Each answer whose lateness contradicts its lease, as far as the journal shows it."""
    accepted = {e.assignment_id for e in journal if isinstance(e, AssignmentAccepted)}
    wrong = []
    for event in journal:
        if isinstance(event, AssignmentAnswered) and not event.late:
            end = event.answer_by if event.assignment_id in accepted else event.accept_by
            if to_ms(event.answered_at) > to_ms(end):
                wrong.append(f"counted after its lease: {event}")
    return wrong


def after_closing(journal: list[Event]) -> list[str]:
    """Whatever happens to a task after it was closed, late answers apart."""
    closed: set[str] = set()
    wrong = []
    for event in journal:
        late = isinstance(event, AssignmentAnswered) and event.late
        if not late and getattr(event, "task_id", None) in closed:
            wrong.append(f"after closing: {event}")
        if isinstance(event, TaskClosed):
            closed.add(event.task_id)
    return wrong
