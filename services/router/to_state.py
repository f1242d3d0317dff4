"""From what was loaded to what a decision may know: hashes and sets to tasks and workers."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.router import keys
from services.router.state import (
    NO_CONTENT,
    NO_RULES,
    Content,
    Place,
    Profile,
    Rules,
    Seat,
    Stage,
    Task,
    WaitingTask,
    Worker,
    parsed_rules,
)
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.events.parts import Requirement
from shared.pattern.clock import from_ms
from shared.state.changes import REVISION, Read, hash_of
from shared.state.store import Hash
from shared.state.view import View


def task(view: View, pool: str, task_id: str, *, content: bool = False) -> Task:
    """A task with all its assignments, and with its content if that is asked for."""
    fields = view.hash(keys.task(pool, task_id))
    stages, digests, seats = _assignments(fields)
    rules = _rules(view, pool, fields)
    where = (pool, task_id, rules.task_type)
    return Task(
        pool=pool,
        task_id=task_id,
        revision=fields.get(REVISION, "0"),
        wanted=int(fields.get("wanted", "0")),
        asked=int(fields.get("asked", "0")),
        closed="closed" in fields or ("rules" in fields and rules is NO_RULES),
        rules=rules,
        created_at=from_ms(int(fields.get("created_at", "0"))),
        deadline_at=from_ms(int(fields.get("deadline_at", "0"))),
        trace=fields.get("trace"),
        unroutable="unroutable" in fields,
        seats={who: _seat(where, who, stages[who], seats[who]) for who in sorted(seats)},
        stages=stages,
        digests=digests,
        content=_content(view, pool, task_id) if content else NO_CONTENT,
    )


def task_reads(pool: str, task_id: str) -> Read:
    """What `task` is made of: the task, and the rules it names."""
    return hash_of(keys.task(pool, task_id), field="rules", then=_rules_of(pool))


@lru_cache(maxsize=1024)
def each_task_reads(pool: str) -> tuple[Read, Read]:
    """What a task that a lane lists is made of, with its content."""
    prefix = keys.each_task(pool)
    return hash_of(prefix, field="rules", then=_rules_of(pool)), hash_of(prefix, ":content")


@lru_cache(maxsize=1024)
def _rules_of(pool: str) -> tuple[Read]:
    return (hash_of(keys.each_rules(pool)),)


def _rules(view: View, pool: str, fields: Hash) -> Rules:
    """The rules a task names; none where they were forgotten, a month after its deadline."""
    if "rules" not in fields:
        return NO_RULES
    policy = view.hash(keys.rules(pool, fields["rules"])).get("policy")
    return parsed_rules(policy) if policy else NO_RULES


def _assignments(fields: Hash) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """Stages, digests and packed seats by worker."""
    stages: dict[str, int] = {}
    digests: dict[str, str] = {}
    seats: dict[str, str] = {}
    for name, value in fields.items():
        fact, colon, worker_id = name.partition(":")
        if not colon:
            continue
        if fact == "digest":
            digests[worker_id] = value
            continue
        stage, held, seat = value.partition(" ")
        stages[worker_id] = int(stage)
        if held:
            seats[worker_id] = seat
    return stages, digests, seats


def _seat(where: tuple[str, str, str], worker_id: str, stage: int, packed: str) -> Seat:
    place, turn, accept_ms, answer_ms = packed.split(" ")
    facts = AssignmentFacts(
        *where,
        worker_id=worker_id,
        place=int(place),
        turn=int(turn),
        accept_by=from_ms(int(accept_ms)),
        answer_by=from_ms(int(answer_ms)),
    )
    return Seat(facts, accepted=stage == Stage.ACCEPTED)


def _content(view: View, pool: str, task_id: str) -> Content:
    return Content.of(view.hash(keys.content(pool, task_id)))


def worker(view: View, pool: str, worker_id: str) -> Worker:
    """A worker; their lanes where these were loaded."""
    fields = view.hash(keys.worker(pool, worker_id))
    active_ms, places = _places(view.hash(keys.places(pool, worker_id)))
    packed = fields.get("profile")
    return Worker(
        pool=pool,
        worker_id=worker_id,
        profile=_profile(packed) if packed else None,
        profile_order=int(fields.get("profile_at", "-1")),
        available=fields.get("presence") == "available",
        presence_order=int(fields.get("presence_at", "-1")),
        places=places,
        active_ms=active_ms,
        lanes=_members(view, keys.lanes_of_worker(pool, worker_id)),
    )


def _members(view: View, key: str) -> tuple[str, ...]:
    return tuple(sorted(view.set(key))) if view.is_loaded(key) else ()


@lru_cache(maxsize=16_384)
def _profile(packed: str) -> Profile:
    skills, languages, capacity, active = json.loads(packed)
    return Profile(skills, frozenset(languages), capacity, active)


def _places(fields: Hash) -> tuple[int, dict[int, Place]]:
    numbers: dict[int, dict[str, int]] = {}
    for name, value in fields.items():
        number, dot, fact = name.partition(".")
        if dot:
            numbers.setdefault(int(number), {})[fact] = int(value)
    places = {number: Place(**facts) for number, facts in numbers.items()}
    return int(fields.get("active_ms", "0")), places


def worker_reads(pool: str, worker_id: str) -> tuple[Read, Read]:
    """What `worker` is made of."""
    return hash_of(keys.worker(pool, worker_id)), hash_of(keys.places(pool, worker_id))


@lru_cache(maxsize=1024)
def each_worker_reads(pool: str) -> tuple[Read, Read]:
    """What a worker that a lane or a task lists is made of."""
    prefix = keys.each_worker(pool)
    return hash_of(prefix), hash_of(prefix, ":places")


def requirements(view: View, pool: str) -> dict[str, Requirement]:
    """Every lane and its requirement."""
    packed = view.hash(keys.lanes(pool))
    return {lane: requirement(value) for lane, value in packed.items() if lane != REVISION}


@lru_cache(maxsize=1024)
def requirement(packed: str) -> Requirement:
    """A lane's requirement."""
    return Requirement.model_validate_json(packed)


def free_workers(view: View, pool: str, lane: str, take: int) -> tuple[Worker, ...]:
    """The first workers a lane lists as free, of those that were loaded."""
    listed = _listed(view, keys.free(pool, lane), take)
    return tuple(loaded_workers(view, pool, listed))


def loaded_workers(view: View, pool: str, ids: Iterable[str]) -> Iterable[Worker]:
    """Those of these workers who were loaded."""
    for worker_id in ids:
        if view.is_loaded(keys.worker(pool, worker_id), keys.places(pool, worker_id)):
            yield worker(view, pool, worker_id)


def waiting_tasks(view: View, pool: str, lanes: Iterable[str], take: int) -> Iterator[WaitingTask]:
    """The first tasks each of these lanes lists, oldest first, of those that were loaded.

    Each is read when it is asked for: mostly the first few are all that is wanted.
    """
    listed = {
        (since_ms, task_id): lane
        for lane in lanes
        for task_id, since_ms in _listed(view, keys.waiting(pool, lane), take).items()
    }
    for since_ms, task_id in sorted(listed):
        if view.is_loaded(keys.task(pool, task_id), keys.content(pool, task_id)):
            waits = task(view, pool, task_id, content=True)
            yield WaitingTask(listed[since_ms, task_id], since_ms, waits)


def _listed(view: View, key: str, take: int) -> dict[str, int]:
    """The first of a sorted set; what an earlier record of the batch listed may not be loaded."""
    return view.ranking(key, take) if view.is_loaded(key) else {}
