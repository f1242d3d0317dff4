"""What intake's decision may know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """An output that has its task or its waiver; `digest` is of the content it was made of."""

    digest: str
