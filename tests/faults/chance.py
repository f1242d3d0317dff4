"""Chance that follows from what it is about, so that a run that is repeated does the same."""

import hashlib


def chance_of(*about: str) -> float:
    """Return a number on 0..1 that follows from what it is about."""
    digest = hashlib.blake2b("/".join(about).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
