"""Finds the signs that a verdict's lessons have made strong enough to propose to the operator."""

from collections.abc import Mapping, Sequence

from services.qa.agreement.reliability import Reliability
from services.qa.integrity.signs import Sign, signs_of

FLAGGED_MIN = 6.9
"""Evidence (nats) from which on a sign is proposed: of one careful worker in a thousand at most."""


def crossed(before: Reliability, lesson: Mapping[str, int]) -> Sequence[Sign]:
    """Return the signs that reach FLAGGED_MIN with this lesson and did not before.

    Example: none for a lesson of which nothing is new.
    """
    known = {sign.name for sign in signs_of(before) if sign.score >= FLAGGED_MIN}
    names = {*before.counters, *lesson}
    after = Reliability({name: before.count(name) + lesson.get(name, 0) for name in names})
    return [
        sign for sign in signs_of(after) if sign.score >= FLAGGED_MIN and sign.name not in known
    ]
