"""Says what looks like chance and is the same whoever computes it: a number that a text gives."""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=8192)
def hash_of_text(text: str, bits: int) -> int:
    """Return a number of so many bits, 64 at most, that follows from a text, evenly spread.

    It is the first bits of the text's SHA-256 (FIPS 180-4).
    Example: of 1,000 ids about 100 give a number of 20 bits below a tenth of 2**20.
    """
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> (64 - bits)
