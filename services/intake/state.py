"""The values that intake decides on: what became of an output before, what a model was asked."""

from dataclasses import dataclass


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
