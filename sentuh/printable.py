"""What others sent, as a terminal may have it."""

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def cleaned(said: str) -> str:
    """Text without what a terminal obeys or does not show: escapes, line ends, direction marks."""
    return "".join(mark if mark.isprintable() else INSTEAD for mark in said)
