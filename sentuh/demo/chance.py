"""Chance that can be repeated: numbers that follow from a seed and from what they are about."""

import hashlib


def chance(*about: str | int) -> float:
    """A number from 0 up to, without, 1: the same for the same parts, evenly spread over others."""
    text = "\x1f".join(str(part) for part in about)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def pick(among: tuple[str, ...], *about: str | int) -> str:
    """Return one of these, each as likely as any other."""
    return among[int(chance(*about) * len(among))]
