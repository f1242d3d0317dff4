"""What is known of a worker: profile, presence, and the places that hold their seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from shared.contracts.events.parts import Requirement


@dataclass(frozen=True, slots=True)
class Profile:
    """What a worker can do, and how much at a time."""

    skills: Mapping[str, int]
    languages: frozenset[str]
    capacity: int
    active: bool

    def meets(self, requirement: Requirement) -> bool:
        """Whether an active worker has every skill at its level, and every language."""
        return (
            self.active
            and all(self.skills.get(n.skill, 0) >= n.level_min for n in requirement.skills)
            and self.languages.issuperset(requirement.languages)
        )


class Place(NamedTuple):
    """One unit of a worker's capacity: the last turn offered and the last that ended."""

    turn: int = 0
    ended: int = 0

    @property
    def busy(self) -> bool:
        """Whether its last turn is still held."""
        return self.turn > self.ended

    @property
    def next_turn(self) -> int:
        """The turn after all that were."""
        return max(self.turn, self.ended) + 1


_UNUSED = Place()


class Worker(NamedTuple):
    """One worker; a tuple, since some are made anew for every record.

    The orders name the records that profile and presence come from.

    `active_ms`: their last offer or ending; the lower, the longer idle.
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
        """Whether they may be asked."""
        return self.profile is not None and self.profile.meets(requirement)

    @property
    def busy(self) -> tuple[tuple[int, int], ...]:
        """Places held now, with their turns."""
        return tuple((number, p.turn) for number, p in self.places.items() if p.busy)

    @property
    def next_place(self) -> tuple[int, int] | None:
        """The lowest free place below capacity and its next turn; None if there is none.

        Places above a capacity that was lowered count until they end.
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
        """The worker after this offer."""
        was = self.places.get(place, _UNUSED)
        places = {**self.places, place: Place(turn, was.ended)}
        return self._replace(places=places, active_ms=max(self.active_ms, at_ms))

    def without_turn(self, place: int, turn: int, at_ms: int) -> "Worker":
        """The worker after this turn ended."""
        was = self.places.get(place, _UNUSED)
        places = {**self.places, place: Place(was.turn, max(was.ended, turn))}
        return self._replace(places=places, active_ms=max(self.active_ms, at_ms))
