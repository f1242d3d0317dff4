"""Finds whom a verdict's lessons make it plain to propose to the operator, each worker once."""

from collections.abc import Iterator, Mapping
from typing import get_args

from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS, Reliability
from services.qa.integrity.signs import ANSWERS_MIN, Sign, signs_of
from shared.contracts.events.verdicts import FlaggedWorker, FlagSign

FLAGGED_MIN = 6.9
"""Evidence (nats) from which on a sign is proposed: of one careful worker in a thousand at most."""
PLAINLY_CAREFUL = 0.9
"""Whoever agrees in this share of their answers is not looked at further, whatever is likely."""
PROPOSED: tuple[FlagSign, ...] = get_args(FlagSign)
"""The signs that are proposed; the others have no counters yet."""


def flag_field(sign: str) -> str:
    """Return the name of the counter that says that this sign of a worker was proposed."""
    return f"flagged:{sign}"


def strong_signs(worker: Reliability) -> list[Sign]:
    """Return the signs of a worker with enough evidence to be proposed."""
    return [sign for sign in signs_of(worker) if sign.score >= FLAGGED_MIN]


def flagged(
    reliabilities: Mapping[str, Reliability], lessons: Mapping[str, Mapping[str, int]]
) -> tuple[FlaggedWorker, ...]:
    """Return whom to propose with these lessons: strong signs that were never proposed before.

    They come in the order of the workers' ids. Of a worker who is not loaded nothing is said.
    """
    return tuple(
        one
        for worker_id in sorted(lessons)
        if worker_id in reliabilities
        for one in _of(worker_id, reliabilities[worker_id], lessons[worker_id])
    )


def _of(worker_id: str, before: Reliability, lesson: Mapping[str, int]) -> Iterator[FlaggedWorker]:
    told, agreed_milli = lesson.get(ANSWERS, 0), lesson.get(AGREED_MILLI, 0)
    if told and 2 * agreed_milli >= 1000 * told:
        return  # others agree: nothing is plainer than before, and of most nothing is computed
    answers, agreed = before.answers + told, before.agreed + agreed_milli / 1000
    if answers < ANSWERS_MIN or agreed >= PLAINLY_CAREFUL * answers:
        return
    for sign in strong_signs(before.taught(lesson)):
        for name in PROPOSED:
            if sign.name == name and not before.count(flag_field(name)):
                yield FlaggedWorker(
                    worker_id=worker_id, sign=name, evidence=sign.score, answers=sign.answers
                )
