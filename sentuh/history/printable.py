"""What others sent, as a terminal may have it."""

from rich.markup import escape

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def cleaned(said: str) -> str:
    """Text without what a terminal obeys or does not show: escapes, line ends, direction marks."""
    return "".join(mark if mark.isprintable() else INSTEAD for mark in said)


def shown(said: str) -> str:
    """The same for Rich, which shall read no markup in it."""
    return escape(cleaned(said))
