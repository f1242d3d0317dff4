"""What fields of the catalog have in common: how YAML writes them, and what the digest sees."""

from pydantic import BeforeValidator


def is_absent(value: object) -> bool:
    """Return whether a field is not set: left out, it leaves the catalog's digest as it was."""
    return value is None


def _as_meant(word: object) -> object:
    return {True: "on", False: "off"}[word] if isinstance(word, bool) else word


ON_OR_OFF = BeforeValidator(_as_meant)
"""Reads a word as it was meant: YAML takes an unquoted `on` or `off` for a truth value."""
