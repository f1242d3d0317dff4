"""State as intake decides on it: how an output ended before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """An output that has its task or its waiver; `digest` is that of its content."""

    digest: str
