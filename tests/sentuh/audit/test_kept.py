"""Redis beside the journals while work goes on: what is old is exact, what came after may be in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sentuh.audit.beside import compare
from sentuh.audit.history import collect
from sentuh.audit.kept import Journals, Kept, redis_agrees
from sentuh.audit.money import Account
from sentuh.audit.report import Violation
from shared.record import Place
from shared.topics import EARNINGS, VERDICTS
from tests.builders import after
from tests.sentuh.audit.journals import a_clean_log

LOG = a_clean_log()
PAYABLE, PENDING = "worker/w-1/payable/USD in main", "worker/w-1/pending/USD in main"


def journals(*, later: bool) -> Journals:
    """A clean history, told before Redis was read or all of it after."""
    history = collect(LOG.records, LOG.names, None)
    ends = {} if later else {place: seen.last + 1 for place, seen in history.extents.items()}
    return Journals(history, ends)


def kept(**amounts: int) -> Kept:
    """What is held after it; other amounts for accounts of w-1."""
    accounts: dict[Account, int] = {("main", "requester/main/USD"): -15}
    for worker in ("w-1", "w-2", "w-3"):
        accounts["main", f"worker/{worker}/payable/USD"] = 5
        accounts["main", f"worker/{worker}/pending/USD"] = 0
    accounts |= {("main", f"worker/w-1/{name}/USD"): amount for name, amount in amounts.items()}
    verdicts = {("main", "t-0"): "waived", ("main", "t-1"): "confident"}
    return Kept(after(3600), accounts, verdicts)


def subjects(said: Journals, held: Kept) -> list[str]:
    return [one.subject for one in redis_agrees(said, held)]


def test_what_was_told_before_is_held_to_the_cent() -> None:
    said = journals(later=False)

    assert subjects(said, kept()) == []
    assert subjects(said, kept(payable=4)) == [PAYABLE]
    assert subjects(said, kept(payable=0, pending=5)) == [
        PAYABLE,
        PENDING,
    ]
    assert subjects(said, replace(kept(), verdicts={("main", "t-0"): "waived"})) == ["t-1"]


@pytest.mark.parametrize("amounts", [{}, {"payable": 0}, {"pending": 5, "payable": 0}])
def test_what_is_told_after_may_be_in_it_or_not(amounts: Mapping[str, int]) -> None:
    assert subjects(journals(later=True), kept(**amounts)) == []


def test_a_verdict_told_after_may_not_be_held_yet_but_not_another() -> None:
    said = journals(later=True)

    assert subjects(said, replace(kept(), verdicts={})) == []
    other = {("main", "t-0"): "waived", ("main", "t-1"): "budget"}
    assert subjects(said, replace(kept(), verdicts=other)) == ["t-1"]


@pytest.mark.parametrize("amount", [-1, 6])
def test_no_more_is_held_than_could_have_been_told(amount: int) -> None:
    assert subjects(journals(later=True), kept(payable=amount)) == [PAYABLE]


def test_what_redis_alone_knows_is_named() -> None:
    verdicts = {**kept().verdicts, ("main", "t-9"): "confident"}

    assert subjects(journals(later=True), replace(kept(), verdicts=verdicts)) == ["t-9"]


def test_each_partition_has_its_own_end() -> None:
    whole = journals(later=False)
    ends = {place: end for place, end in whole.ends.items() if place.topic != EARNINGS.name}
    assert Place(VERDICTS.name, 0).topic in {place.topic for place in ends}

    said = replace(whole, ends=ends)

    assert subjects(said, kept(payable=0)) == []
    assert subjects(said, replace(kept(), verdicts={})) == ["t-0", "t-1"]


def test_what_was_decided_after_redis_was_read_is_not_in_it() -> None:
    """It widens nothing: what is held is held to the cent."""
    early = replace(kept(), at=after(-60))

    wrong = subjects(journals(later=True), early)

    assert PAYABLE in wrong
    assert "requester/main/USD in main" in wrong
    nothing = dict.fromkeys(early.accounts, 0)
    assert subjects(journals(later=True), replace(early, accounts=nothing, verdicts={})) == []


def test_a_verdict_that_its_topic_keeps_no_longer_breaks_nothing() -> None:
    whole = journals(later=False)
    cut = [said for said in LOG.records if said.topic != VERDICTS.name or said.offset > 0]
    history = collect(cut, LOG.names, None)
    assert not history.whole(VERDICTS.name)

    assert subjects(Journals(history, whole.ends), kept()) == []


class Looks:
    """What is found wrong in each look, and the outcomes that are on their way then."""

    def __init__(self, *found: tuple[str, str]) -> None:
        self._found = list(found)

    async def look(self) -> tuple[tuple[Violation, ...], frozenset[str]]:
        wrong, untold = self._found.pop(0)
        return tuple(Violation(one, "wrong") for one in wrong), frozenset(untold)


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ([("", "x")], []),
        ([("a", "")], [("a", False)]),
        ([("a", "x"), ("b", "y")], []),
        ([("ab", "x"), ("b", "")], [("b", False)]),
        ([("a", "xy")] * 5, [("a", True)]),
        ([("a", "v"), ("a", "w"), ("a", "x"), ("a", "y"), ("a", "z")], [("a", False)]),
    ],
)
async def test_what_stays_wrong_is_wrong_unless_one_outcome_stays_on_its_way(
    looks: Sequence[tuple[str, str]], found: Sequence[tuple[str, bool]]
) -> None:
    async def at_once() -> None:
        return

    beside: Any = Looks(*looks)
    said = await compare(beside, is_busy=True, pause=at_once)

    assert [(one.subject, one.open) for one in said] == found
    assert not beside._found
