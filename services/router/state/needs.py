"""What the tasks of a lane ask of a worker, and which kinds of questions a worker's app shows."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from shared.contracts.events.parts import Requirement
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED

SHOWN_UNLESS_LISTED = frozenset({KIND_IF_NONE_IS_NAMED})
"""The kinds that an app shows whose presence lists none."""


class TaskNeeds(NamedTuple):
    """What a task asks of whoever takes it: a requirement, and an app that shows its kind.

    A lane (index of waiting tasks and free workers) is for tasks of equal needs.
    Example: `TaskNeeds(Requirement(languages=("id",)), "transcript")`.
    """

    requirement: Requirement
    kind: str = KIND_IF_NONE_IS_NAMED

    @property
    def text(self) -> str:
        """The needs as canonical text, the same for equal ones. The kind `choice` is not named."""
        lane = self.requirement.lane()
        return lane if self.kind == KIND_IF_NONE_IS_NAMED else f"{lane}|{self.kind}"

    @property
    def lane(self) -> str:
        """The name of the lane: a hash of the text. Equal needs have equal lanes."""
        return hashlib.blake2b(self.text.encode(), digest_size=8).hexdigest()

    @property
    def packed(self) -> str:
        """The needs as JSON, from which `needs_of` makes them again."""
        requirement = self.requirement.model_dump_json(exclude_defaults=True)
        if self.kind == KIND_IF_NONE_IS_NAMED:
            return requirement
        return json.dumps({"kind": self.kind, **json.loads(requirement)}, separators=(",", ":"))


@lru_cache(maxsize=1024)
def needs_of(packed: str) -> TaskNeeds:
    """Return the needs that this JSON states; without a kind they are of `choice`."""
    fields = json.loads(packed)
    kind = fields.pop("kind", KIND_IF_NONE_IS_NAMED)
    return TaskNeeds(Requirement.model_validate(fields), kind)


# --- presence, with the kinds that an app shows --------------------------------------------------


def packed_presence(presence: str, kinds: Iterable[str] | None) -> str:
    """Return a presence as Redis holds it: its word and, where kinds are listed, these behind it.

    Names of kinds hold neither blanks nor commas. Example: `available rating,transcript`.
    """
    return presence if kinds is None else f"{presence} {','.join(sorted(set(kinds)))}"


@lru_cache(maxsize=1024)
def presence_of(packed: str) -> tuple[str, tuple[str, ...] | None]:
    """Return the word of a presence, and the kinds that were listed with it; None without a list.

    Example: `available rating` is `("available", ("rating",))`.
    """
    presence, listed, kinds = packed.partition(" ")
    return presence, tuple(filter(None, kinds.split(","))) if listed else None


@lru_cache(maxsize=1024)
def shown_kinds(kinds: tuple[str, ...] | None) -> frozenset[str]:
    """Return the kinds of questions that an app shows whose presence listed these."""
    return SHOWN_UNLESS_LISTED if kinds is None else frozenset(kinds)
