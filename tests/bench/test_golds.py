"""The bench of golds: it tells what can be told apart, and takes chance for chance."""

import random

import pytest

from bench.gold_town import Plan, live
from bench.telling_apart import Area, told_apart, with_gaps


def rows(count: int, *, shift: float) -> tuple[list[dict[str, float]], list[bool]]:
    chance = random.Random(7)
    is_gold = [chance.random() < 0.2 for _ in range(count)]
    return [
        {"bytes": chance.gauss(0, 1) + shift * gold, "price": 5.0, "turn": chance.random()}
        for gold in is_gold
    ], is_gold


def fitted(shift: float) -> Area:
    offers, is_gold = rows(900, shift=shift)
    return told_apart(offers, is_gold, [f"t-{number}" for number in range(900)])


def test_what_differs_is_told_apart_and_what_does_not_is_not() -> None:
    apart, alike = fitted(3.0), fitted(0.0)

    assert apart.low > 0.9
    assert alike.low < 0.5 < alike.high


def test_nothing_can_be_said_without_golds() -> None:
    with pytest.raises(ValueError, match="golds and others are needed"):
        told_apart(rows(40, shift=0.0)[0], [False] * 40, [f"t-{at}" for at in range(40)])


def test_a_town_has_golds_among_its_offers_and_nobody_has_one_twice() -> None:
    events = live(Plan(outputs=16, workers=6, golds=8), 1)

    of_golds = [seen for seen in events.offers if seen.event.claims.task_id in events.placed]
    assert of_golds
    had = [
        (events.placed[seen.event.claims.task_id].gold_id, seen.event.claims.worker_id)
        for seen in of_golds
    ]
    assert len(had) == len(set(had))
    names = {frozenset(row) for row in with_gaps(events.offers)}
    assert len(names) == 1
