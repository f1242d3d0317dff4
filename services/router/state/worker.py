"""A worker as state holds them: profile, presence, and the places that hold their seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from shared.contracts.events.parts import Requirement


@dataclass(frozen=True, slots=True)
class Profile:
    """A worker's skills and languages, and how many assignments they take at a time."""

    skills: Mapping[str, int]
    languages: frozenset[str]
    capacity: int
    active: bool

    def meets(self, requirement: Requirement) -> bool:
        """Return whether they are active and have every skill at its level and every language."""
        return (
            self.active
            and all(self.skills.get(n.skill, 0) >= n.level_min for n in requirement.skills)
            and self.languages.issuperset(requirement.languages)
        )


class Place(NamedTuple):
    """One unit of a worker's capacity: the last turn that was offered, and the last that ended."""

    turn: int = 0
    ended: int = 0

    @property
    def busy(self) -> bool:
        """Whether its last turn is still held."""
        return self.turn > self.ended

    @property
    def next_turn(self) -> int:
        """The number of the next assignment in this place."""
        return max(self.turn, self.ended) + 1


_UNUSED = Place()


class Worker(NamedTuple):
    """One worker; a tuple, which is made faster than a class: every record makes some anew.

    `profile_order` and `presence_order` say which record each came from, the later the higher; -1
    stands for none. `active_ms` is when they last got an offer or ended one: the lower, the longer
    idle. `lanes` are empty unless they were loaded.
    Example: capacity 2 and one place held: one more task can be offered.
    """

    pool: str
    worker_id: str
    profile: Profile | None = None
    profile_order: int = -1
    available: bool = False
    presence_order: int = -1
    places: Mapping[int, Place] = MappingProxyType({})
    active_ms: int = 0
    lanes: tuple[str, ...] = ()

    def meets(self, requirement: Requirement) -> bool:
        """Return whether the worker has a profile that meets the requirement."""
        return self.profile is not None and self.profile.meets(requirement)

    @property
    def busy(self) -> tuple[tuple[int, int], ...]:
        """The places that hold an assignment now, with their turns."""
        return tuple((number, p.turn) for number, p in self.places.items() if p.busy)

    @property
    def next_place(self) -> tuple[int, int] | None:
        """The lowest free place below capacity and its next turn, or None if they can take no more.

        Where the capacity was lowered, a place above it counts as held until its assignment ends.
        Example: capacity 2 with place 0 held in turn 4 and place 1 never used gives (1, 1).
        """
        if self.profile is None or not self.available or not self.profile.active:
            return None
        held = sum(place.busy for place in self.places.values())
        if held >= self.profile.capacity:
            return None
        for number in range(self.profile.capacity):
            place = self.places.get(number, _UNUSED)
            if not place.busy:
                return number, place.next_turn
        return None

    def with_turn(self, place: int, turn: int, at_ms: int) -> "Worker":
        """Return the worker as they are after this offer."""
        was = self.places.get(place, _UNUSED)
        places = {**self.places, place: Place(turn, was.ended)}
        return self._replace(places=places, active_ms=max(self.active_ms, at_ms))

    def without_turn(self, place: int, turn: int, at_ms: int) -> "Worker":
        """Return the worker as they are after this turn ended."""
        was = self.places.get(place, _UNUSED)
        places = {**self.places, place: Place(was.turn, max(was.ended, turn))}
        return self._replace(places=places, active_ms=max(self.active_ms, at_ms))
