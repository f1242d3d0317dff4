"""Pay is owed once per answer, payable once the verdict is in, whatever anybody said."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payout import keys
from shared.contracts.events.asked import Asked, Units
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from tests.services.payout.in_memory import a_verdict, payout_after
from tests.support.builders import a_quote, an_answer


def test_delivered_answer_is_owed_at_its_quote() -> None:
    lines = payout_after(an_answer("w-1")).of(EarningAccrued)
    assert [(line.worker_id, line.quote) for line in lines] == [("w-1", a_quote())]


def test_pay_by_the_unit_is_owed_and_payable_with_its_units_and_says_how_it_came_about() -> None:
    units = Units(per="audio_minute", count=90_000, rate_minor=40, minimum_minor=10)
    quote = a_quote().of_task(Asked(units=units))
    run = payout_after(an_answer("w-1").model_copy(update={"quote": quote}), a_verdict())

    (owed,), (due,) = run.of(EarningAccrued), run.of(EarningConfirmed)
    assert owed.quote == due.quote == quote
    assert owed.computation == (
        "1 answer delivered × 0.60 USD, as quoted in the offer"
        " (1.5 audio minutes × 0.40 USD, at least 0.10 USD)"
    )
    assert sum(entry.amount_minor for entry in due.entries) == 0


def test_nothing_is_payable_before_the_verdict() -> None:
    assert payout_after(an_answer("w-1")).of(EarningConfirmed) == []


def test_minority_is_paid_like_the_majority() -> None:
    said = {"w-1": "cat", "w-2": "cat", "w-3": "dog"}
    run = payout_after(*(an_answer(w, a) for w, a in said.items()), a_verdict("cat"))
    assert sorted(line.worker_id for line in run.of(EarningConfirmed)) == ["w-1", "w-2", "w-3"]
    assert {line.quote.amount_minor for line in run.of(EarningConfirmed)} == {5}


def test_late_answer_is_paid_like_the_others() -> None:
    run = payout_after(a_verdict(), an_answer("w-1", late=True))
    assert len(run.of(EarningAccrued)) == len(run.of(EarningConfirmed)) == 1


def test_answer_after_the_verdict_is_payable_at_once() -> None:
    run = payout_after(a_verdict(), an_answer("w-1"))
    assert [type(event) for event in run.announced] == [EarningAccrued, EarningConfirmed]


def test_same_answer_again_changes_nothing() -> None:
    run = payout_after(an_answer("w-1"), a_verdict(), an_answer("w-1"), a_verdict())
    assert len(run.announced) == 2


def test_verdict_by_the_model_pays_nobody_and_keeps_nothing() -> None:
    run = payout_after(a_verdict(by="model"))
    assert run.announced == []
    assert run.facts() == {}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_arrival_pays_the_same(order: tuple[int, ...]) -> None:
    events: list[Event] = [*(an_answer(f"w-{n}") for n in range(3)), a_verdict()]
    run = payout_after(*(events[n] for n in order))
    assert sorted(line.worker_id for line in run.of(EarningAccrued)) == ["w-0", "w-1", "w-2"]
    assert sorted(line.worker_id for line in run.of(EarningConfirmed)) == ["w-0", "w-1", "w-2"]


def test_confirmation_that_was_lost_is_made_up_by_the_answer_coming_again() -> None:
    run = payout_after(an_answer("w-1"))
    run.catch_up_on(a_verdict())

    run.hear(an_answer("w-1"))

    assert len(run.of(EarningConfirmed)) == 1


@given(st.lists(st.sampled_from(["w-0", "w-1", "w-2", "verdict"]), max_size=12))
def test_balances_are_the_sum_of_the_lines(story: list[str]) -> None:
    run = payout_after()
    for name in story:
        run.hear(a_verdict() if name == "verdict" else an_answer(name))
    sums: dict[str, int] = {}
    for line in (*run.of(EarningAccrued), *run.of(EarningConfirmed)):
        for entry in line.entries:
            sums[entry.account] = sums.get(entry.account, 0) + entry.amount_minor
    kept = {
        name: int(run.twin.items()[keys.account("main", name)]["amount_minor"])  # type: ignore[index]
        for name in sums
    }
    assert kept == sums
    assert sum(sums.values()) == 0
