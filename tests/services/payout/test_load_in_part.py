"""An answer loads no other earning before the verdict, and is paid as if it loaded them all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.payout import keys, load
from services.payout.service import HANDLERS
from services.payout.to_state import Cause
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.pattern.service import Row
from shared.state.changes import Read, hash_of
from tests.services.payout.in_memory import PAYOUT, a_verdict, payout_after
from tests.support.builders import an_answer
from tests.support.in_memory import InMemory


def _everything(event: Cause) -> Sequence[Read]:
    return (hash_of(keys.job(event.pool, event.task_id)),)


ROWS: tuple[Row[Any, Any], ...] = HANDLERS
WHOLE = replace(load.job, reads=_everything)
PLAIN = replace(PAYOUT, rows=tuple(replace(row, load=WHOLE) for row in ROWS))
JOBS = st.sampled_from(("t-1", "t-2"))
ANSWERS = st.builds(
    an_answer,
    st.sampled_from(("w-1", "w-2", "w-3", "auth0|7")),
    assignment_id=st.sampled_from(("", "a-1")),
    task_id=JOBS,
    late=st.booleans(),
)
VERDICTS = st.builds(a_verdict, task_id=JOBS, by=st.sampled_from(("people", "model")))
BATCHES = st.lists(
    st.lists(st.one_of(ANSWERS, ANSWERS, VERDICTS), min_size=1, max_size=6), max_size=8
)


@given(batches=BATCHES, keeps_outcomes=st.booleans())
def test_what_is_loaded_in_part_is_paid_as_if_it_were_loaded_whole(
    batches: list[list[Event]], keeps_outcomes: bool
) -> None:
    in_part, plain = (InMemory(one, keeps_outcomes=keeps_outcomes) for one in (PAYOUT, PLAIN))
    for batch in (*batches, *batches):
        in_part.hear_at_once(batch)
        plain.hear_at_once(batch)

    assert in_part.published == plain.published
    assert in_part.facts() == plain.facts()


def test_an_answer_loads_as_much_however_many_came_before_it() -> None:
    running = payout_after()
    sizes = []
    for number in range(100, 160):
        running.hear(an_answer(f"w-{number}"))
        loaded = running.twin.fetch(load.job.reads(an_answer("w-0")))
        sizes.append(sum(len(key) + len(str(value)) for key, (_, value) in loaded.items()))

    assert max(sizes) - min(sizes) <= 2, "what grows is the revision alone"


def test_an_answer_after_the_verdict_finds_what_is_owed_to_others() -> None:
    (owed,) = payout_after(an_answer("w-1")).of(EarningAccrued)
    running = payout_after()
    running.catch_up_on(owed)
    running.catch_up_on(a_verdict())

    running.hear(an_answer("w-2"))

    assert [line.worker_id for line in running.of(EarningConfirmed)] == ["w-1", "w-2"]
