"""Checks golds: nobody has one twice, and a verdict on one says which it was, by code apart from
qa's.
"""

from collections import defaultdict
from collections.abc import Iterator

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.golds import GoldPlaced
from shared.contracts.topics import PLACEMENTS


def nobody_has_a_gold_twice(history: History) -> Iterator[Violation]:
    """Yield golds that were placed with one person twice.

    Example: g-7 is placed with w-1 in March, and again in May.
    """
    tasks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for published in history.of(GoldPlaced):
        placed = published.event
        for worker_id in placed.only_for:
            tasks[placed.gold_key, worker_id].add(placed.task_id)
    for (gold, worker_id), of_worker in tasks.items():
        if len(of_worker) > 1:
            subject = f"{' '.join(sorted(of_worker))} {worker_id}"
            yield Violation(subject, f"one worker has the gold {gold} twice")


def verdicts_say_which_gold_it_was(history: History) -> Iterator[Violation]:
    """Yield verdicts of people on golds that do not name the gold and its truth, or name another.

    So that nobody is taught by what others think where it is known what is right.
    """
    placed = {one.event.task_id: one.event for one in history.of(GoldPlaced)}
    for verdict in history.verdicts.values():
        gold = placed.get(verdict.task_id)
        if gold is None:
            if verdict.gold is not None and history.whole(PLACEMENTS.name):
                yield Violation(verdict.task_id, "names a gold that was never placed")
        elif verdict.gold is None:
            yield Violation(verdict.task_id, f"is the gold {gold.gold_id}, and does not say so")
        elif (verdict.gold.gold_id, verdict.gold.truth) != (gold.gold_id, gold.truth):
            yield Violation(verdict.task_id, "names another gold than was placed, or another truth")
