"""Several texts along one pivot: for each place a slot that says what everybody has there.

As in ROVER: Fiscus, "A post-processing system to yield reduced word error rates" (1997). A slot is
a word of the pivot, or a word that some have and the pivot has not; no word, a gap, is a candidate
as any word is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.qa.agreement.transcript.aligning import GAP, Keys, align


class Slot(NamedTuple):
    """One place: the pivot's key there, each voter's key, and the index of each voter's word.

    A key is GAP, and an index -1, where there is no word.
    """

    own: str
    keys: tuple[str, ...]
    at: tuple[int, ...]


def slots_along(pivot: Keys, texts: Sequence[Keys]) -> list[Slot]:
    """Return the slots of these texts, in their order, along the pivot.

    Example: along `("a",)` the texts `("a",)` and `("a", "b")` have a slot of `a` and one in which
    the first has a gap and the second `b`.
    """
    aligned = [align(pivot, text) for text in texts]
    slots: list[Slot] = []
    for place in range(len(pivot) + 1):
        more = [one.between.get(place, ()) for one in aligned]
        longest = max(map(len, more), default=0)
        slots += [
            _slot(GAP, texts, [words[at : at + 1] for words in more]) for at in range(longest)
        ]
        if place < len(pivot):
            here = [one.at[place] for one in aligned]
            slots.append(_slot(pivot[place], texts, [(at,) if at >= 0 else () for at in here]))
    return slots


def _slot(own: str, texts: Sequence[Keys], words: Sequence[tuple[int, ...]]) -> Slot:
    at = tuple(word[0] if word else -1 for word in words)
    keys = tuple(text[i] if i >= 0 else GAP for text, i in zip(texts, at, strict=True))
    return Slot(own, keys, at)
