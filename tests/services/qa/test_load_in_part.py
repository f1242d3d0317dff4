"""An answer loads no other answer until all may be in, and is decided as if it loaded them all."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.qa import keys, load
from services.qa.answers import author_of
from services.qa.service import HANDLERS
from services.qa.state import Cause
from services.qa.to_state import task_type_of
from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Row
from shared.state.changes import Read, hash_of
from tests.services.qa.in_memory import QA, qa_after
from tests.support.builders import a_closing, a_policy, a_task, an_answer
from tests.support.in_memory import InMemory

WORKERS = ("w-1", "w-2", "w-3", "w-4", "w-5")


def _everything(event: Cause) -> Sequence[Read]:
    """Return reads of the whole task and of every worker on it, whatever is needed."""
    pool, task_type = event.pool, task_type_of(event)
    reliability = (hash_of(keys.reliabilities(pool, task_type)),)
    reads = [
        hash_of(keys.task(pool, event.task_id), field=keys.ANSWER, then=reliability),
        hash_of(keys.population(pool, task_type)),
    ]
    if isinstance(event, AssignmentAnswered):
        reads.append(hash_of(keys.reliability(pool, task_type, event.worker_id)))
    if isinstance(event, TaskCreated):
        reads.append(hash_of(keys.reliability(pool, task_type, author_of(event))))
    return reads


def _with_draft(task: TaskCreated, draft: Asked | None) -> TaskCreated:
    return task.model_copy(update={"asked": draft})


ROWS: tuple[Row[Any, Any], ...] = HANDLERS
WHOLE = replace(load.task, reads=_everything)
PLAIN = replace(
    QA, rows=tuple(replace(row, load=WHOLE) if row.load is load.task else row for row in ROWS)
)
ANSWERS = st.builds(
    an_answer,
    st.sampled_from(WORKERS),
    st.sampled_from(("cat", "dog")),
    task_id=st.sampled_from(("t-1", "t-2")),
    late=st.booleans(),
)
CLOSINGS = st.builds(
    lambda task_id, workers: a_closing(
        [f"a-{task_id}-{name}" for name in workers], task_id=task_id
    ),
    st.sampled_from(("t-1", "t-2")),
    st.sets(st.sampled_from(WORKERS), max_size=3),
)
POLICIES = st.builds(a_policy, answers_min=st.integers(1, 3), answers_max=st.integers(3, 5))
DRAFTS = st.sampled_from((None, Asked(draft="cat")))
TASKS = st.builds(
    lambda task_id, policy, draft: _with_draft(a_task(task_id, policy=policy), draft),
    st.sampled_from(("t-1", "t-2")),
    POLICIES,
    DRAFTS,
)
BATCHES = st.lists(
    st.lists(st.one_of(ANSWERS, ANSWERS, ANSWERS, TASKS, CLOSINGS), min_size=1, max_size=6),
    max_size=8,
)


@given(
    batches=BATCHES,
    policies=st.tuples(POLICIES, POLICIES),
    draft=DRAFTS,
    keeps_outcomes=st.booleans(),
)
def test_what_is_loaded_in_part_is_decided_as_if_it_were_loaded_whole(
    batches: list[list[Event]],
    policies: tuple[Policy, Policy],
    draft: Asked | None,
    keeps_outcomes: bool,
) -> None:
    first: list[Event] = [_with_draft(a_task("t-1", policy=policies[0]), draft)]
    second: list[Event] = [_with_draft(a_task("t-2", policy=policies[1]), draft)]
    in_part, plain = (InMemory(one, keeps_outcomes=keeps_outcomes) for one in (QA, PLAIN))
    for batch in (first, *batches, second, *batches):
        in_part.hear_at_once(batch)
        plain.hear_at_once(batch)

    assert in_part.published == plain.published
    assert in_part.facts() == plain.facts()


def test_a_task_with_a_draft_is_judged_whichever_comes_last_and_all_at_once() -> None:
    policy = a_policy(answers_min=2, confidence=0.8)
    task = _with_draft(a_task(policy=policy), Asked(draft="cat"))
    events: list[Event] = [task, an_answer("w-1"), an_answer("w-2")]
    for order in permutations(events):
        running, at_once = qa_after(*order), qa_after()
        at_once.hear_at_once(order)
        for one in (running, at_once):
            (verdict,) = one.of(VerdictReached)
            assert verdict.draft is not None
            assert verdict.draft.weight is not None


def test_an_answer_loads_as_much_however_many_came_before_it() -> None:
    running = qa_after(a_task(policy=a_policy(answers_min=100, answers_max=100)))
    sizes = []
    for number in range(100, 160):
        running.hear(an_answer(f"w-{number}"), an_answer(f"l-{number}", late=True))
        loaded = running.twin.fetch(load.task.reads(an_answer("w-0")))
        sizes.append(sum(len(key) + len(str(value)) for key, (_, value) in loaded.items()))

    assert max(sizes) - min(sizes) <= 2, "what grows is the revision alone"


def test_the_answer_that_completes_a_batch_of_answers_finds_those_of_before() -> None:
    running = qa_after(a_task(policy=a_policy(answers_min=4)), an_answer("w-1"))
    running.hear_at_once([an_answer("w-2"), an_answer("w-2"), an_answer("w-3")])
    assert running.of(VerdictReached) == []

    running.hear_at_once([an_answer("w-5", late=True), an_answer("w-4")])

    (verdict,) = running.of(VerdictReached)
    assert [vote.worker_id for vote in verdict.votes] == ["w-1", "w-2", "w-3", "w-4", "w-5"]


def test_the_last_answer_that_a_closing_names_finds_the_others() -> None:
    running = qa_after(a_task(policy=a_policy(answers_min=5)), an_answer("w-1"))
    running.hear(a_closing(["a-t-1-w-1", "a-t-1-w-2"]), an_answer("w-2"))

    (verdict,) = running.of(VerdictReached)
    assert [vote.worker_id for vote in verdict.votes] == ["w-1", "w-2"]
