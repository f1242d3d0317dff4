"""The value that intake decides on: what became of the same output before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """An output that became a task or was waived before; `digest` is its content's hash then."""

    digest: str
