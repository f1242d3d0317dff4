"""Says which Redis keys qa loads before it decides on golds, and builds what is decided on."""

from collections.abc import Sequence

from services.qa import keys
from services.qa.golds.asking import AroundGolds
from services.qa.golds.kept import gold_from, shelf_of
from services.qa.golds.members import due_of
from shared.contracts.events.golds import GoldDue, GoldListed
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of, lowest
from shared.state.store import Hash
from shared.state.view import View

WAITING_LOOK = 100
"""Of those who are due, who are looked at for others to ask together."""


def _due_reads(due: GoldDue) -> Sequence[Read]:
    if not due.gold_ids:
        waiting = lowest(keys.golds_due(due.pool, due.task_type), take=WAITING_LOOK)
        return hash_of(keys.golds(due.pool, due.task_type)), waiting
    workers = (keys.reliability(due.pool, due.task_type, one) for one in due.worker_ids)
    return tuple(map(hash_of, (*_gold_keys(due), *workers)))


def _gold_keys(due: GoldDue) -> tuple[str, ...]:
    return tuple(keys.gold(due.pool, due.task_type, one) for one in due.gold_ids)


def _around(due: GoldDue, view: View) -> AroundGolds:
    if not due.gold_ids:
        waiting = view.ranking(keys.golds_due(due.pool, due.task_type), WAITING_LOOK)
        return AroundGolds(
            shelf=shelf_of(view.hash(keys.golds(due.pool, due.task_type))),
            waiting={due_of(member): at_ms for member, at_ms in waiting.items()},
        )
    golds = [
        gold_from(gold_id, view.hash(key))
        for gold_id, key in zip(due.gold_ids, _gold_keys(due), strict=True)
    ]
    golded_ms = {
        who: int(view.hash(keys.reliability(due.pool, due.task_type, who)).get(keys.GOLDED, 0))
        for who in due.worker_ids
    }
    return AroundGolds(golds=golds, golded_ms=golded_ms)


gold_due: Loading[GoldDue, AroundGolds] = Loading(
    reads=_due_reads, state=_around, aggregates=_gold_keys
)
"""How to load what a timer about golds is decided on.

First the golds of the task type, of each a few numbers, and who else is due; then the golds that
the event names, whole. The commit compares their revisions, so that none is placed twice at once.
"""

listed: Loading[GoldListed, Hash] = Loading(
    reads=lambda event: (hash_of(keys.golds(event.pool, event.task_type)),),
    state=lambda event, view: view.hash(keys.golds(event.pool, event.task_type)),
    aggregates=lambda _: (),
)
"""How to load the golds of a task type, of which one more is listed. No revision is compared."""
