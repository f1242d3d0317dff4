"""Makes candidates of several texts, for people to say which is the best."""

import hashlib
from collections.abc import Sequence

from services.intake.formats.payload import bad
from shared.contracts.events.asked import Candidate

_DIGITS = 12


def of_texts(texts: Sequence[str], where: str) -> tuple[Candidate, ...]:
    """Return a candidate for each text, in the texts' order.

    An id is made of place and text, so that it differs for equal texts and says nothing of the
    place. Raises Refused, naming `where` they are, if all texts are equal.
    Example: `Yes` and `No` give two candidates, whose ids are 12 hexadecimal digits each.
    """
    if len(set(texts)) == 1 < len(texts):
        fix = "all say the same, so there is nothing to compare: send each in a record of its own"
        raise bad(f"{where}: {fix}")
    return tuple(Candidate(id=_id(at, text), text=text) for at, text in enumerate(texts))


def unordered(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates by their ids: their order then says nothing of who is the best."""
    return tuple(sorted(candidates, key=lambda candidate: candidate.id))


def is_made_here(candidates: Sequence[Candidate]) -> bool:
    """Return whether the candidates' ids are those that `of_texts` makes of their texts."""
    ids = {one.id for one in candidates}
    made = {_id(at, one.text or "") for one in candidates for at in range(len(candidates))}
    return ids <= made


def _id(at: int, text: str) -> str:
    return hashlib.sha256(f"{at}\x1f{text}".encode(errors="replace")).hexdigest()[:_DIGITS]
