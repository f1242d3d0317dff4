"""Builds a task or a worker from its loaded hashes: once for a batch, until one of them changes."""

import json
from collections.abc import Sequence, Set
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
    Worker,
    parsed_rules,
)
from services.router.state.needs import SHOWN_UNLESS_LISTED, presence_of, shown_kinds
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.languages import canonical
from shared.pattern.clock import from_ms
from shared.state.changes import REVISION
from shared.state.escaping import unescaped
from shared.state.store import Hash
from shared.state.verbs import number_of
from shared.state.view import View

_SEAT, _DIGEST = len(keys.SEAT), len(keys.DIGEST)
_TURN, _ENDED = len(keys.TURN), len(keys.ENDED)
_UNLISTED: tuple[tuple[str, ...], frozenset[str]] = ((), SHOWN_UNLESS_LISTED)

# --- a task --------------------------------------------------------------------------------------


def task(view: View, pool: str, task_id: str, *, content: bool = False) -> Task:
    """Return a task from its loaded hash; with `content=True` also the model output to judge."""
    fields = view.hash(keys.task(pool, task_id))
    if not fields:
        return Task(pool, task_id)  # nearly every task that is created
    rules = _rules(view, pool, fields.get("rules"))
    seats, stages, digests = _assignments(pool, task_id, rules, fields=fields)
    return Task(
        pool,
        task_id,
        fields.get(REVISION, "0"),
        int(fields.get("wanted", 0)),
        int(fields.get("asked", 0)),
        # A task whose rules are gone can be offered no more: it counts as closed.
        "closed" in fields or ("rules" in fields and rules is NO_RULES),
        rules,
        from_ms(int(fields.get("created_at", 0))),
        from_ms(int(fields.get("deadline_at", 0))),
        fields.get("trace"),
        "unroutable" in fields,
        seats,
        stages,
        digests,
        Content.of(view.hash(keys.content(pool, task_id))) if content else NO_CONTENT,
        tuple(map(unescaped, fields["only"].split(" "))) if "only" in fields else (),
    )


def listed_task(view: View, pool: str, task_id: str) -> Task:
    """Return a task with its content, built once for all records of a batch that look at it.

    Use it for the tasks that a lane lists: many workers look at the same ones. It is built again
    once its hash, its rules or its content have changed.
    """
    own, content = keys.task(pool, task_id), keys.content(pool, task_id)
    rules = keys.rules(pool, view.hash(own).get("rules", ""))
    return view.built((own, rules, content), lambda: task(view, pool, task_id, content=True))


def _rules(view: View, pool: str, digest: str | None) -> Rules:
    """Return the rules a task's hash names; NO_RULES if it names none or they have expired."""
    if digest is None:
        return NO_RULES
    policy = view.hash(keys.rules(pool, digest)).get("policy")
    return parsed_rules(policy) if policy else NO_RULES


def _assignments(
    pool: str, task_id: str, rules: Rules, *, fields: Hash
) -> tuple[dict[str, Seat], dict[str, int], dict[str, str]]:
    """Return three maps by worker id from a task's hash: offers held, stages, answer digests."""
    held: dict[str, Sequence[str]] = {}
    stages: dict[str, int] = {}
    digests: dict[str, str] = {}
    for name, value in fields.items():
        if name[:_SEAT] == keys.SEAT:
            worker_id = unescaped(name[_SEAT:])
            stage, *offer = value.split(" ")
            stages[worker_id] = int(stage)
            if offer:
                held[worker_id] = offer
        elif name[:_DIGEST] == keys.DIGEST:
            digests[unescaped(name[_DIGEST:])] = value
    about = (pool, task_id, rules.task_type)
    # In the order of the workers' ids, in which offers are taken back.
    seats = {
        who: Seat(_facts(about, who, held[who]), stages[who] == Stage.ACCEPTED)
        for who in sorted(held)
    }
    return seats, stages, digests


def _facts(about: tuple[str, str, str], worker_id: str, held: Sequence[str]) -> AssignmentFacts:
    """Return the facts of an offer that a worker holds, from the words of the task's field."""
    place, turn, accept_ms, answer_ms = held
    until = from_ms(int(accept_ms)), from_ms(int(answer_ms))
    return AssignmentFacts(*about, worker_id, int(place), int(turn), *until)


# --- a worker ------------------------------------------------------------------------------------


def worker(view: View, pool: str, worker_id: str) -> Worker:
    """Return a worker from their loaded hashes; their lanes are empty if those were not loaded."""
    fields = view.hash(keys.worker(pool, worker_id))
    active_ms, places = _places(view.hash(keys.places(pool, worker_id)))
    packed, lanes = fields.get("profile"), keys.lanes_of_worker(pool, worker_id)
    presence, kinds = presence_of(fields.get("presence", ""))
    listed, listed_for = _listed(view.set(lanes)) if view.is_loaded(lanes) else _UNLISTED
    return Worker(
        pool,
        worker_id,
        _profile(packed) if packed else None,
        int(fields.get("profile_at", -1)),
        presence == "available",
        int(fields.get("presence_at", -1)),
        places,
        active_ms,
        listed,
        shown_kinds(kinds),
        listed_for,
        _ratings(fields),
    )


def _ratings(fields: Hash) -> dict[str, str]:
    start = len(keys.RATED)
    return {name[start:]: held for name, held in fields.items() if name[:start] == keys.RATED}


def _listed(members: Set[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the lanes that list a worker, and the kinds of questions for which they do."""
    lanes = tuple(sorted(members))
    if not lanes or not lanes[0].startswith(keys.LISTED_FOR):
        return lanes, SHOWN_UNLESS_LISTED
    kinds = lanes[0].removeprefix(keys.LISTED_FOR).split(",")
    return lanes[1:], frozenset(filter(None, kinds))


def listed_worker(view: View, pool: str, worker_id: str) -> Worker:
    """Return a worker, built once for all records of a batch that look at them.

    Use it for the workers that a lane or a task lists. They are built again once a hash of theirs
    or the set of their lanes has changed.
    """
    own, places = keys.worker(pool, worker_id), keys.places(pool, worker_id)
    lanes = keys.lanes_of_worker(pool, worker_id)
    return view.built((own, places, lanes), lambda: worker(view, pool, worker_id))


@lru_cache(maxsize=16_384)
def _profile(packed: str) -> Profile:
    skills, languages, capacity, active = json.loads(packed)
    return Profile(skills, frozenset(map(canonical, languages)), capacity, active)


def _places(fields: Hash) -> tuple[int, dict[int, Place]]:
    """Return the ms of the worker's last offer or ending, and their places (units of capacity)."""
    places: dict[int, Place] = {}
    for name, value in fields.items():
        if name[-_TURN:] == keys.TURN:
            number = name[:-_TURN]
            places[int(number)] = Place(
                number_of(value), int(fields.get(f"{number}{keys.ENDED}", 0))
            )
        elif name[-_ENDED:] == keys.ENDED and f"{name[:-_ENDED]}{keys.TURN}" not in fields:
            places[int(name[:-_ENDED])] = Place(0, int(value))
    return int(fields.get("active_ms", 0)), places
