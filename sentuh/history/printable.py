"""Makes text of others safe to print: it can neither steer the terminal nor hide anything."""

from rich.markup import escape

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def cleaned(text: str) -> str:
    """Replace each character that a terminal obeys or does not show: escapes, line ends, marks."""
    return "".join(mark if mark.isprintable() else INSTEAD for mark in text)


def shown(text: str) -> str:
    """Escape a text for Rich after cleaning it: its brackets are not read as markup."""
    return escape(cleaned(text))
