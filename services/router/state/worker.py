"""A worker as the router keeps them: profile, presence, and the assignments that they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from services.router.state.needs import SHOWN_UNLESS_LISTED, TaskNeeds
from shared.contracts.events.parts import Requirement
from shared.contracts.languages import canonical, serves


@dataclass(frozen=True, slots=True)
class Profile:
    """A worker's skills (name and level), languages, and how many tasks they take at a time.

    languages: tags in their canonical form, such as `en-us`. active: whether the worker is
    registered and not suspended.
    """

    skills: Mapping[str, int]
    languages: frozenset[str]
    capacity: int
    active: bool

    def meets(self, requirement: Requirement) -> bool:
        """Return whether the worker is active, with every skill at its level and every language.

        A language is met by itself and by what is more special: `en` by `en-us`, not the reverse.
        """
        if not self.active:
            return False
        for need in requirement.skills:
            if self.skills.get(need.skill, 0) < need.level_min:
                return False
        for tag in requirement.languages:  # noqa: SIM110 - asked for every worker that is looked at
            if not serves(self.languages, canonical(tag)):
                return False
        return True


class Place(NamedTuple):
    """One unit of a worker's capacity, which holds one assignment at a time.

    turn: number of the last assignment offered in it. ended: number of the last one that ended.
    Example: turn 3 and ended 2: its third assignment is held now.
    """

    turn: int = 0
    ended: int = 0

    @property
    def busy(self) -> bool:
        """Whether the last assignment that was offered in this place has not ended yet."""
        return self.turn > self.ended


_UNUSED = Place()


class Worker(NamedTuple):
    """One worker, as loaded from Redis. A NamedTuple, which is created faster than a dataclass.

    profile_order, presence_order: order of the record that each came from; later is higher, -1 is
    none. places: the units of their capacity, by number, each with its assignments. active_ms: when
    they last got an offer or ended one: the lower, the longer idle. lanes: the indexes that list
    the worker, one per requirement and kind; empty if they were not loaded. shows: the kinds of
    questions that the worker's app can show. listed_for: those for which the lanes list the worker.
    rated: their ratings as Redis holds them, by task type.
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
    shows: frozenset[str] = SHOWN_UNLESS_LISTED
    listed_for: frozenset[str] = SHOWN_UNLESS_LISTED
    rated: Mapping[str, str] = MappingProxyType({})

    def meets(self, needs: TaskNeeds) -> bool:
        """Return whether the worker's profile meets the requirement and their app shows the kind.

        It does neither without a profile.
        """
        return (
            self.profile is not None
            and needs.kind in self.shows
            and self.profile.meets(needs.requirement)
        )

    @property
    def busy(self) -> tuple[tuple[int, int], ...]:
        """Number and turn of each place (unit of capacity) that holds an assignment now."""
        return tuple((number, p.turn) for number, p in self.places.items() if p.busy)

    @property
    def next_place(self) -> tuple[int, int] | None:
        """Place and turn for the worker's next assignment, or None if they can take no more.

        A place is a unit of capacity, the turn the number of an assignment in it; the lowest free
        place is used. None if the worker is absent, suspended, or holds as many assignments as
        their capacity allows; assignments in places above a lowered capacity count too.
        Example: capacity 2 with place 0 held in turn 4 and place 1 never used gives (1, 1).
        """
        if self.profile is None or not self.available or not self.profile.active:
            return None
        # Plain loops: it is asked several times of every worker that a decision looks at.
        held = 0
        for place in self.places.values():
            if place.turn > place.ended:
                held += 1
        if held >= self.profile.capacity:
            return None
        for number in range(self.profile.capacity):
            place = self.places.get(number, _UNUSED)
            if place.turn <= place.ended:
                return number, place.ended + 1
        return None

    def with_turn(self, place: int, turn: int, at_ms: int) -> "Worker":
        """Return a copy of the worker, offered assignment `turn` in `place` at `at_ms`.

        A place is a unit of the worker's capacity, a turn the number of an assignment in it.
        """
        was = self.places.get(place, _UNUSED)
        return self._with({**self.places, place: Place(turn, was.ended)}, at_ms)

    def without_turn(self, place: int, turn: int, at_ms: int) -> "Worker":
        """Return a copy of the worker in which assignment `turn` of `place` ended at `at_ms`.

        A place is a unit of the worker's capacity, a turn the number of an assignment in it.
        """
        was = self.places.get(place, _UNUSED)
        return self._with({**self.places, place: Place(was.turn, max(was.ended, turn))}, at_ms)

    def _with(self, places: Mapping[int, Place], at_ms: int) -> "Worker":
        """Return a copy with other places; `_replace` takes several times as long."""
        active_ms = max(self.active_ms, at_ms)
        return Worker._make((*self[:_PLACES], places, active_ms, *self[_PLACES + 2 :]))


_PLACES = Worker._fields.index("places")
