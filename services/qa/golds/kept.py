"""What qa keeps of a task type's golds, and of one gold, as decisions read it."""

import hashlib
import json
from typing import NamedTuple

from shared.contracts.events.golds import GoldListed
from shared.contracts.events.parts import Output
from shared.contracts.part import Part
from shared.contracts.question import Answer
from shared.contracts.questions import GivenAnswer
from shared.state.escaping import escaped, unescaped
from shared.state.store import Hash

LISTED, PLACED, STOPPED, HAD = "listed", "placed", "stopped", "had:"
AGAINST, AGREED = "against:", "agreed:"


class Terms(Part):
    """A gold as the operator listed it: what is shown, what is right, and how it may be asked."""

    revision: int
    output: Output
    truth: GivenAnswer
    people: int
    placed_max: int
    not_for: tuple[str, ...] = ()
    nonce: str = ""
    suspended: bool = False

    @classmethod
    def of(cls, event: GoldListed) -> "Terms":
        """Return the part of the record that is kept."""
        fields = {name: getattr(event, name) for name in cls.model_fields}
        return cls.made({**fields, "not_for": tuple(event.not_for)})


class Stopped(NamedTuple):
    """That qa suspended a revision, and how many trusted people had said what by then."""

    revision: int
    against: int = 0
    agreed: int = 0


NEVER = Stopped(0)


class KeptGold(NamedTuple):
    """One gold as it stands.

    terms: None where it is not listed, or was taken back. placed: how often. had_by: everybody it
    was placed with. against, agreed: trusted people who contradicted its truth, and who did not.
    """

    gold_id: str
    terms: Terms | None = None
    placed: int = 0
    had_by: frozenset[str] = frozenset()
    stopped: Stopped = NEVER
    against: int = 0
    agreed: int = 0

    @property
    def may_be_asked(self) -> bool:
        """Whether it is listed, not suspended by anybody, and was not placed too often."""
        if self.terms is None or self.terms.suspended or self.placed >= self.terms.placed_max:
            return False
        return self.terms.revision > self.stopped.revision


class ShelfEntry(NamedTuple):
    """A gold as it stands among those of its task type: enough to choose which to look at."""

    gold_id: str
    people: int
    placed: int


def shelf_field(name: str, gold_id: str) -> str:
    """Return the name of a field of the task type's golds: `listed:g-1`."""
    return f"{name}:{escaped(gold_id)}"


def shelf_of(fields: Hash) -> list[ShelfEntry]:
    """Return the golds of a task type that may be asked; of one taken back only a number is left.

    Example: `{"listed:g-1": "7 2 0 20 3", "placed:g-1": "4"}` gives g-1, for three, placed 4 times.
    """
    entries = []
    for name, value in fields.items():
        kind, _, gold = name.partition(":")
        order_and_terms = value.split(" ")
        if kind != LISTED or len(order_and_terms) < 5:
            continue
        _, revision, suspended, most, people = map(int, order_and_terms)
        placed = int(fields.get(f"{PLACED}:{gold}", 0))
        stopped = int(fields.get(f"{STOPPED}:{gold}", 0))
        if not suspended and placed < most and revision > stopped:
            entries.append(ShelfEntry(unescaped(gold), people, placed))
    return entries


def listed_ids(fields: Hash) -> list[str]:
    """Return the ids of all golds of a task type that are listed, suspended ones too, sorted."""
    listed = (
        unescaped(name.removeprefix(f"{LISTED}:"))
        for name, value in fields.items()
        if name.startswith(f"{LISTED}:") and " " in value
    )
    return sorted(listed)


def gold_from(gold_id: str, fields: Hash) -> KeptGold:
    """Return a gold as its hash tells it."""
    _, _, said = fields.get(LISTED, "").partition(" ")
    terms = Terms.model_validate_json(said) if said else None
    about = "" if terms is None else digest_of_truth(terms.truth)
    stopped = fields.get(STOPPED)
    return KeptGold(
        gold_id,
        terms,
        int(fields.get(PLACED, 0)),
        frozenset(unescaped(name[len(HAD) :]) for name in fields if name.startswith(HAD)),
        NEVER if stopped is None else Stopped(*map(int, stopped.split(" "))),
        int(fields.get(AGAINST + about, 0)),
        int(fields.get(AGREED + about, 0)),
    )


def digest_of_truth(truth: Answer) -> str:
    """Return a short hash of a gold's right answer: another answer has counters of its own."""
    text = json.dumps(truth, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def said_of(terms: Terms) -> str:
    """Return what is kept of a listed gold as JSON, from which `gold_from` makes it again."""
    return terms.model_dump_json(exclude_none=True)
