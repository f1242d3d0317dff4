"""Folding payout's journal in any order, any number of times, gives the same state."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.events.model import Event
from tests.services.payout.in_memory import PAYOUT, a_verdict, payout_after
from tests.support.builders import an_answer
from tests.support.facts import facts, folded

stories = st.lists(
    st.tuples(st.sampled_from(["t-1", "t-2"]), st.sampled_from(["w-1", "w-2", "w-3", "verdict"])),
    max_size=14,
)


@given(stories, st.integers())
def test_folding_in_any_order_any_number_of_times_is_the_same(
    story: list[tuple[str, str]], seed: int
) -> None:
    run, inputs = payout_after(), list[Event]()
    for task, name in story:
        verdict = name == "verdict"
        event: Event = a_verdict(task_id=task) if verdict else an_answer(name, task_id=task)
        inputs += [event] if verdict else []
        run.hear(event)
    journal = [(event, 0) for event in (*run.announced, *inputs)] * 2
    Random(seed).shuffle(journal)
    assert facts(folded(PAYOUT, journal).items()) == run.facts()
