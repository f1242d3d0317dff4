"""Planted people are found and weighed down, and nobody of a crowd that takes care is proposed."""

from concurrent.futures import ThreadPoolExecutor

from bench.bars import Bar
from bench.integrity import (
    PLANTED,
    SpamRow,
    bars,
    header,
    honest_crowd,
    measured,
    wrongly,
)
from bench.spam import PREFIX, SORTS, planted

CROWD = honest_crowd(4, 0.7, 1)


def test_planted_people_are_their_share_and_take_nobody_s_place() -> None:
    spammed = planted(CROWD, "random", 0.2, 1)
    people = {worker for given in spammed.answers.values() for worker, _ in given}

    assert sum(worker.startswith(PREFIX) for worker in people) == 10
    assert len(people) == 50
    for task, given in CROWD.answers.items():
        assert spammed.answers[task][: len(given)] == given


def test_those_who_collude_say_the_same_of_a_task_and_the_constant_say_one_thing() -> None:
    colluding, constant = (planted(CROWD, sort, 0.4, 1) for sort in ("colluding", "constant"))
    for given in colluding.answers.values():
        assert len({answer for worker, answer in given if worker.startswith(PREFIX)}) <= 1
    said: dict[str, set[str]] = {}
    for given in constant.answers.values():
        for worker, answer in given:
            said.setdefault(worker, set()).add(answer)
    assert {len(some) for worker, some in said.items() if worker.startswith(PREFIX)} == {1}


def test_each_sort_is_measured() -> None:
    assert {sort for sort, _ in PLANTED} == SORTS.keys()
    with ThreadPoolExecutor(1) as pool:
        rows = list(measured([honest_crowd(4, 0.7, 2)], 1, pool))

    assert len(rows) == len(PLANTED)
    assert all(len(str(row)) == len(header()) for row in rows)
    by_sort = {(row.sort, row.share): row for row in rows}
    assert by_sort["random", 0.4].found > 0.5
    assert by_sort["random", 0.4].weighed > by_sort["random", 0.4].majority
    assert all(row.others == 0 for row in rows if row.sort != "colluding")


def test_what_is_promised_is_a_cost_of_the_planted() -> None:
    row = SpamRow("random", 0.4, 0.7, 0.78, 0.79, 0.02, 0.01, 3.0, 0.9, 0.0)

    assert list(bars([row])) == [Bar("cost of 40% random", 0.01, most=0.012)]


def test_nobody_is_proposed_of_people_who_take_care() -> None:
    assert wrongly(2, 0.65, 1) <= 0.025
    assert wrongly(4, 0.55, 1) == 0
