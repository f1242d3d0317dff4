"""Says who is to be asked a gold, and when: the less is known of a worker, the likelier.

The chance cannot be foreseen by who knows this file: it follows from the millisecond of a verdict
and from the counters of all workers too, which no worker is told. The decision is an index entry
and no fact, so that deciding it again in another millisecond does no harm.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.qa import keys
from services.qa.golds.members import look_at, to_ask
from services.qa.state import TaskUnderReview
from shared.contracts.chance import hash_of_text
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import Write, score

SHARE_MIN = 0.05
"""Of the answers of people who are well known, this share is followed by a gold: so whoever turns
bad later is seen."""
STRENGTH, NEWCOMER_ANSWERS = 5, 10
"""A worker with n answers is asked one after STRENGTH / (n + NEWCOMER_ANSWERS) of their answers."""
DELAY_SECONDS_MAX = 600
"""How long after the verdict a gold follows, at most: what a worker is paid tells when that was."""
_RANGE = 2**32


def share_for(answers: int) -> float:
    """Return the share of a worker's answers after which a gold is asked.

    Example: half of the first answers, a quarter after 10, a tenth after 40, and 0.05 after 90.
    """
    return max(SHARE_MIN, STRENGTH / (answers + NEWCOMER_ANSWERS))


def with_dues(
    decided: Decision, task: TaskUnderReview, verdict: VerdictReached, now: datetime
) -> Decision:
    """Return a decision that lists beside its verdict who is to be asked a gold, and when.

    Of a task type without golds nobody is. A gold that was answered is listed to be looked at.
    """
    if not task.has_golds or task.rules is None:
        return decided
    return replace(decided, index=(*decided.index, *_listed(task, verdict, now)))


def _listed(task: TaskUnderReview, verdict: VerdictReached, now: datetime) -> Iterable[Write]:
    due = keys.golds_due(verdict.pool, verdict.task_type)
    flags = "" if task.rules is None else task.rules.ref.get("traceparent", "")[-2:]
    # Not whom it teaches of: a task with one answer teaches nothing, and there golds alone do.
    counted = {vote.worker_id for vote in verdict.votes if vote.standing == "counted"}
    for worker_id in sorted(counted):
        known = task.reliabilities.get(worker_id)
        if known is None:
            continue
        chance, delay = _numbers(worker_id, task, verdict, now)
        if chance < share_for(known.answers):
            at_ms = to_ms(now) + round(delay * DELAY_SECONDS_MAX * 1000)
            yield score(due, to_ask(verdict.task_type, worker_id, flags), at_ms)
    if verdict.gold is not None:
        yield score(due, look_at(verdict.task_type, verdict.gold.gold_id), to_ms(now))


def _numbers(
    worker_id: str, task: TaskUnderReview, verdict: VerdictReached, now: datetime
) -> tuple[float, float]:
    """Return two numbers below 1 that nobody can foresee, evenly spread."""
    counted = task.population.answers, task.population.agreed_milli
    about = "\x1f".join(map(str, (worker_id, verdict.task_id, to_ms(now), *counted)))
    high, low = divmod(hash_of_text(about, 64), _RANGE)
    return high / _RANGE, low / _RANGE
