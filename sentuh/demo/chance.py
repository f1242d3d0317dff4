"""Random numbers that can be repeated: each follows from a seed and the words it is about."""

import hashlib


def chance(*about: str | int) -> float:
    """Return a number in [0, 1): the same for the same words, evenly spread over different ones."""
    text = "\x1f".join(str(part) for part in about)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def pick(among: tuple[str, ...], *about: str | int) -> str:
    """Return one of these, each as likely as any other."""
    return among[int(chance(*about) * len(among))]
