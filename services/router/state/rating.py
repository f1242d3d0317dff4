"""A worker's rating on a task type, and whether it lets them in to a task that asks for one."""

from functools import lru_cache
from typing import NamedTuple

from shared.contracts.chance import hash_of_text
from shared.contracts.events.assignment_facts import assignment_id
from shared.contracts.events.parts import Requirement
from shared.contracts.events.ratings import KeptRating, SeenRating

ANSWERS_MIN = 10
"""Whoever has fewer answers behind their rating counts as a newcomer, whatever it says."""
UNKNOWN = 0.5
"""What whoever is hardly known is taken for: the lower bound of a newcomer's interval, roughly."""
_BITS = 64


class LetIn(NamedTuple):
    """How a worker came in to a task: by their rating, or by the share for newcomers (`explored`).

    rating: as it was known, None for who has none. Of a task that asks for no reliability neither
    says anything: `explored` is None.
    """

    rating: SeenRating | None = None
    explored: bool | None = None


OPEN = LetIn()
"""Of a task that asks for no reliability."""


def entry_to(
    requirement: Requirement, packed: str, *, task_id: str, worker_id: str
) -> LetIn | None:
    """Return how a worker comes in to a task that asks for a reliability; None if they do not.

    `packed` is their rating on its task type as Redis holds it, "" without one. Of those who are
    below the bound or hardly known, the share for newcomers is let in by a hash of the assignment's
    id: a decision that is taken again lets in the same ones.
    Example: with a share of 0.1, each newcomer may be offered every tenth task.
    """
    rating = rating_of(packed)
    if _is_met(requirement, rating):
        return LetIn(rating, explored=False)
    if _is_of_the_share(requirement, task_id, worker_id):
        return LetIn(rating, explored=True)
    return None


def worth_of(requirement: Requirement, packed: str, *, task_id: str, worker_id: str) -> float:
    """Return how well a worker is known to do on a task, 0..1, to rank them among others.

    It is the lower bound of their rating; of the share for newcomers it is 1 for everybody, so that
    each is asked now and then when their turn comes. Example: 0.5 for who has 3 answers.
    """
    if _is_of_the_share(requirement, task_id, worker_id):
        return 1.0
    rating = rating_of(packed)
    return UNKNOWN if rating is None or rating.count < ANSWERS_MIN else rating.lower


def rating_of(packed: str) -> SeenRating | None:
    """Return the rating that Redis holds in this form; None for "", without one."""
    return seen_of(packed) if packed else None


def _is_of_the_share(requirement: Requirement, task_id: str, worker_id: str) -> bool:
    share = requirement.newcomer_share or 0.0
    about = f"newcomer\x1f{assignment_id(task_id, worker_id)}"
    return hash_of_text(about, _BITS) < share * (1 << _BITS)


def _is_met(requirement: Requirement, rating: SeenRating | None) -> bool:
    least = requirement.reliability_min
    if rating is None or least is None:
        return False
    return rating.count >= ANSWERS_MIN and rating.lower >= least


@lru_cache(maxsize=16_384)
def seen_of(packed: str) -> SeenRating:
    """Return the rating that Redis holds in this form."""
    held = KeptRating.of(packed)
    return SeenRating(lower=held.lower, count=held.count)
