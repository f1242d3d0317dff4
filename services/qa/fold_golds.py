"""Folds what is said of golds: which are listed, who had which, and what people made of them.

Every number here only rises, or counts under the guard of a verdict, so that these may be folded in
any order and however often.
"""

from collections.abc import Iterable

from services.qa import CARD, keys
from services.qa.golds.kept import (
    AGAINST,
    AGREED,
    HAD,
    LISTED,
    PLACED,
    STOPPED,
    Terms,
    digest_of_truth,
    said_of,
    shelf_field,
)
from services.qa.kept_gold import gold_kept
from services.qa.rating.newest import share_of
from services.qa.state import Gold
from services.qa.tombstones import GoldDropped
from shared.contracts.events.golds import GoldListed, GoldPlaced, GoldSuspended
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.pattern.clock import to_ms
from shared.pattern.service import Folds
from shared.state.changes import Change, Write, absent, advance, forget, increment, put
from shared.state.escaping import escaped

TRUSTED_MIN = 0.7
"""Least weight of a counted answer that speaks for or against what a gold takes for right."""


def register(folds: Folds) -> None:
    """Register the fold of each event about golds."""
    folds.of_ordered(GoldListed)(listed)
    folds.of_ordered(GoldDropped)(dropped)
    folds.of(GoldPlaced)(placed)
    folds.of(GoldSuspended)(suspended)


def listed(event: GoldListed, order: int) -> Iterable[Change]:
    """Yield the change that keeps a gold as the operator says it; of two records the later."""
    gold, shelf = _keys(event)
    terms = Terms.of(event)
    short = (order, terms.revision, int(terms.suspended), terms.placed_max, terms.people)
    yield Change(
        aggregate=gold,
        guards=(),
        writes=(
            advance(gold, {LISTED: f"{order} {said_of(terms)}"}),
            advance(shelf, {shelf_field(LISTED, event.gold_id): " ".join(map(str, short))}),
            put(keys.population(event.pool, event.task_type), **{keys.HAS_GOLDS: 1}),
        ),
    )


def dropped(event: GoldDropped, order: int) -> Iterable[Change]:
    """Yield the change that takes a gold back; who had it stays, should it come again."""
    gold, shelf = _keys(event)
    writes = (
        advance(gold, {LISTED: order}),
        advance(shelf, {shelf_field(LISTED, event.gold_id): order}),
    )
    yield Change(aggregate=gold, guards=(), writes=writes)


def placed(event: GoldPlaced) -> Iterable[Change]:
    """Yield the changes that say of a task which gold it is, and of a gold who had it."""
    task = keys.task(event.pool, event.task_id)
    until = int(event.at.timestamp()) + CARD.ending_kept_seconds
    kept = gold_kept(Gold(event.gold_id, event.truth))
    yield Change(
        aggregate=task,
        guards=(absent(task, "verdict"),),
        writes=(put(task, **{keys.GOLD: kept}), forget(task, until)),
    )
    gold, shelf = _keys(event)
    had = {f"{HAD}{escaped(worker_id)}": event.number for worker_id in event.only_for}
    golded = {keys.GOLDED: to_ms(event.at)}
    yield Change(
        aggregate=gold,
        guards=(),
        writes=(
            advance(gold, {PLACED: event.number, **had}),
            advance(shelf, {shelf_field(PLACED, event.gold_id): event.number}),
            *(
                advance(keys.reliability(event.pool, event.task_type, worker_id), golded)
                for worker_id in event.only_for
            ),
        ),
    )


def suspended(event: GoldSuspended) -> Iterable[Change]:
    """Yield the change that takes a revision of a gold out, and notes what had been said of it."""
    gold, shelf = _keys(event)
    said = f"{event.revision} {event.against} {event.agreed}"
    writes = (
        advance(gold, {STOPPED: said}),
        advance(shelf, {shelf_field(STOPPED, event.gold_id): event.revision}),
    )
    yield Change(aggregate=gold, guards=(), writes=writes)


def judged(event: VerdictReached) -> Iterable[Write]:
    """Yield the write that counts how many trusted people contradict the gold that a task was.

    Put it under the guard of the verdict: what is counted twice counts twice for ever.
    """
    if event.gold is None:
        return
    trusted = [vote for vote in event.votes if (vote.weight or 0.0) >= TRUSTED_MIN]
    agreed = sum(_is_right(vote, event) for vote in trusted)
    against = len(trusted) - agreed
    about = digest_of_truth(event.gold.truth)
    added = {AGAINST + about: against, AGREED + about: agreed}
    counted = {name: count for name, count in added.items() if count}
    if counted:
        yield increment(keys.gold(event.pool, event.task_type, event.gold.gold_id), counted)


def _is_right(vote: Vote, event: VerdictReached) -> bool:
    """Return whether an answer to a gold says what the gold takes for right.

    Of a choice it does or it does not. Of other kinds the verdict taught how near it came.
    """
    truth = None if event.gold is None else event.gold.truth
    if vote.answer is not None and vote.answer == truth:
        return True
    return event.kind is not None and share_of(event.lessons.get(vote.worker_id, {})) >= 0.5


def _keys(event: GoldListed | GoldDropped | GoldPlaced | GoldSuspended) -> tuple[str, str]:
    gold = keys.gold(event.pool, event.task_type, event.gold_id)
    return gold, keys.golds(event.pool, event.task_type)
