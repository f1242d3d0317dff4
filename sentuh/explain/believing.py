"""Says where the weight of a vote comes from: the worker's rating before the verdict, if any."""

from collections.abc import Iterable

from sentuh.explain.explanation import Rated
from sentuh.history.collect import History
from sentuh.trace.sureness import share
from sentuh.trace.telling import answers
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.verdicts import VerdictReached

ANSWERS, GOLD_ANSWERS = "answers", "gold_answers"
NEW = "not rated yet: as new people are"


def rated_before(worker_id: str, verdict: VerdictReached, history: History) -> Rated | None:
    """Return the worker's last rating before a verdict; None where none is there any more.

    The one that the verdict itself gave rise to is not meant. Of two the one of the later era, then
    of more answers stands, not the later record.
    """
    before = [one for one in _of(worker_id, verdict, history) if _is_before(one, verdict)]
    last = max(before, key=lambda one: one.order, default=None)
    if last is None:
        return None
    return Rated(last.mean, last.lower, last.upper, last.count, last.at)


def why(worker_id: str, verdict: VerdictReached, history: History) -> str:
    """Return in words what the weight of this worker's vote followed from.

    Example: "rated 84 % (79 to 88 %) in 132 answers".
    """
    rated = rated_before(worker_id, verdict, history)
    if rated is not None:
        interval = f"{share(rated.lower)[:-2]} to {share(rated.upper)}"
        return f"rated {share(rated.mean)} ({interval}) in {answers(rated.count)}"
    known = _known_then(worker_id, verdict, history)
    if not known:
        typical = (
            "" if verdict.used is None else f", right {share(verdict.used.typical)} of the time"
        )
        return f"{NEW}{typical}"
    return f"by {answers(known)} before; a later rating has taken the place of that one"


def _of(worker_id: str, verdict: VerdictReached, history: History) -> Iterable[WorkerRated]:
    about = verdict.pool, verdict.task_type, worker_id
    for published in history.of(WorkerRated):
        event = published.event
        if (event.pool, event.task_type, event.worker_id) == about:
            yield event


def _is_before(rated: WorkerRated, verdict: VerdictReached) -> bool:
    return rated.at <= verdict.at and rated.caused_by != verdict.task_id


def _known_then(worker_id: str, verdict: VerdictReached, history: History) -> int:
    """Return behind how many answers a worker stood whose earlier ratings are compacted away.

    The first lesson about a worker is announced, so who has no rating at all is new. Who was rated
    with this verdict had as many answers less than that as the verdict taught.
    """
    with_it = [one.count for one in verdict.rated if one.worker_id == worker_id]
    later = [one.count for one in _of(worker_id, verdict, history)]
    lesson = verdict.lessons.get(worker_id, {})
    # A rating counts each answer once; one to a gold teaches as several.
    taught = lesson.get(ANSWERS, 0) - lesson.get(GOLD_ANSWERS, 0)
    return max(0, min([*with_it, *later], default=0) - taught)
