"""Folding what a second stage is made of, in any order and twice, gives the same state."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa import keys
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import SecondRequested, output_id, second_task_id
from shared.contracts.events.verdicts import DecidedBy, ReviewRequested, VerdictReached
from shared.state.store import Value
from tests.services.qa.in_memory import QA, qa_after
from tests.services.qa.second_stage.builders import (
    FIRST,
    a_text,
    a_text_task,
    second_of_request,
)
from tests.support.builders import a_closing, after
from tests.support.facts import facts, folded
from tests.support.in_memory import InMemory

DEADLINES = (":deadlines",)
TEXTS = ("a", "b", "c")


def texts(draw: st.DrawFn) -> list[Event]:
    """Return answers to it, some of them late or missing, and maybe its closing."""
    given_by = draw(st.lists(st.sampled_from(["w-1", "w-2", "w-3"]), unique=True, min_size=2))
    answers: list[Event] = [a_text(worker, draw(st.sampled_from(TEXTS))) for worker in given_by]
    answers.append(a_text("w-4", "late", late=True))
    named = [f"a-{FIRST}-{worker}" for worker in given_by]
    closing = draw(st.booleans()) or len(given_by) < 3
    return [*answers, *([a_closing(named, task_id=FIRST)] if closing else [])]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Event], InMemory]:
    """What qa heard of a first task and its second stage, in some order, and the running qa."""
    first = draw(st.permutations([a_text_task(), *texts(draw)]))
    running = qa_after(*first)
    heard = list(first)
    for requested in running.of(SecondRequested):
        later = draw(st.permutations(second_of_request(requested, running)))
        running.hear(*later)
        heard += later
    return heard, running


def _facts_of(events: list[Event]) -> dict[str, Value]:
    return facts(folded(QA, [(event, 0) for event in events]).items(), without=DEADLINES)


@settings(max_examples=150, deadline=None)
@given(story=stories(), seed=st.randoms(use_true_random=False))
def test_folding_in_any_order_any_number_of_times_is_the_same(
    story: tuple[list[Event], InMemory], seed: Random
) -> None:
    heard, running = story
    journal = [
        event
        for event in running.announced
        if isinstance(event, SecondRequested | VerdictReached | ReviewRequested)
    ]
    shuffled = [*heard, *journal] * 2
    seed.shuffle(shuffled)
    held = facts(running.twin.items(), without=DEADLINES)

    assert _facts_of([*heard, *journal]) == held
    assert _facts_of(shuffled) == held
    requested = {event.task_id for event in running.of(SecondRequested)}
    decided = {one.task_id for one in running.of(VerdictReached) if one.decided_by}
    assert decided == requested


@given(order=st.permutations(range(3)), seconds=st.integers(0, 900))
def test_of_two_requests_the_lower_output_stands_whichever_comes_first(
    order: list[int], seconds: int
) -> None:
    def a_request(*assignments: str) -> SecondRequested:
        output = output_id(FIRST, assignments)
        return SecondRequested(
            pool="main",
            at=after(seconds * len(assignments)),
            task_id=FIRST,
            task_type="mend",
            output_id=output,
            second_task_id=second_task_id(FIRST, output),
            second_type="compare",
            assignments=tuple(sorted(assignments)),
            weights=dict.fromkeys(assignments, 0.8),
            patience_seconds=100,
        )

    requests = [a_request("a-1", "a-2"), a_request("a-1", "a-3"), a_request("a-2", "a-3")]
    lowest = min(requests, key=lambda one: one.output_id)
    twin = folded(QA, [(requests[number], 0) for number in order])

    stored = twin.fetch([])  # nothing is loaded of it
    assert stored == {}
    fields = dict(twin.items())[keys.task("main", FIRST)]
    assert lowest.second_task_id in fields["second"]  # type: ignore[index, operator]


def test_a_verdict_takes_a_second_stage_off_the_list() -> None:
    running = qa_after(
        a_text_task(),
        *[a_text(f"w-{number}", text) for number, text in enumerate(TEXTS)],
    )
    (requested,) = running.of(SecondRequested)
    listed = keys.deadlines("main", FIRST)

    assert len(running.twin.ranking(listed)) == 1
    by = DecidedBy(task_id=requested.second_task_id, task_type="compare")
    verdict = VerdictReached(
        pool="main", at=after(9), task_id=FIRST, task_type="animals",
        ref=OutputRef(source="s", id="o"), by="people", probability=0.0, distribution={},
        stop_reason="exhausted",
        created_at=after(0), decided_by=by,
    )  # fmt: skip
    running.catch_up_on(verdict)
    assert len(running.twin.ranking(listed)) == 0
