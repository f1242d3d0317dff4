"""The values that intake decides on: what became of an output before, what a model was asked.

And, of a gate with a promise, how it stands and what it learned.
"""

from dataclasses import dataclass

from services.intake.promise.bands import band_of
from services.intake.promise.standing import GateStanding
from shared.contracts.events.gates import GateLearned, GateStood


@dataclass(frozen=True, slots=True)
class Ended:
    """An output that became a task or was waived before; `digest` is its content's hash then."""

    digest: str


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """What a model server was asked; `text` is None if it was too long to be kept."""

    digest: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call of a model server: what became of its response before, and its request if kept."""

    ended: Ended | None = None
    request: KeptRequest | None = None
    standing: "ToldStanding | None" = None


@dataclass(frozen=True, slots=True)
class OutputKnown:
    """What became of an output before, and how the gate stands that it comes to, if that is known.

    Only a gate with a promise stands in some way.
    """

    ended: Ended | None = None
    standing: "ToldStanding | None" = None


@dataclass(frozen=True, slots=True)
class ToldStanding:
    """How a gate stands, and the revision as which it does."""

    revision: int
    gate: GateStanding

    @property
    def text(self) -> str:
        """The standing without its revision. Example: `1 0.98 2`; `2 - 0` waives nothing."""
        threshold = "-" if self.gate.threshold is None else str(self.gate.threshold)
        return f"{self.gate.term} {threshold} {self.gate.times}"

    @classmethod
    def of_event(cls, event: GateLearned | GateStood) -> "ToldStanding":
        """Return the standing that an event tells."""
        proved = None if event.threshold is None else band_of(event.threshold)
        return cls(event.revision, GateStanding(event.term, proved, event.halvings))

    @classmethod
    def of(cls, revision: str, text: str) -> "ToldStanding":
        """Return the standing of which `text` was made."""
        term, threshold, times = text.split(" ")
        proved = None if threshold == "-" else band_of(float(threshold))
        return cls(int(revision), GateStanding(int(term), proved, int(times)))


@dataclass(frozen=True, slots=True)
class OldGate:
    """The gate that was not needed for longest: its name, and what is to be said as it goes."""

    gate: str
    task_type: str
    revision: int
    term: int


@dataclass(frozen=True, slots=True)
class GateKnown:
    """What is known of a gate: nothing at first.

    term, revision: what a gate begins with. count: how many gates there are. oldest: the one to
    forget, if it was loaded.
    """

    learned: GateLearned | None = None
    term: int = 1
    revision: int = 0
    count: int = 0
    oldest: OldGate | None = None
