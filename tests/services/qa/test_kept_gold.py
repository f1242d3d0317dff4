"""Which gold a task is: kept until its verdict, which says so."""

from hypothesis import given
from hypothesis import strategies as st

from services.qa import keys
from services.qa.kept_gold import gold_kept, gold_of
from services.qa.state import Gold
from shared.contracts.events.verdicts import JudgedGold, VerdictReached
from shared.state.changes import put
from tests.services.qa.in_memory import CAT, QA, SURE, answers
from tests.support.builders import a_task
from tests.support.in_memory import InMemory

TASK = a_task(policy=SURE)
KEY = keys.task(TASK.pool, TASK.task_id)


@given(st.text(), st.one_of(st.text(), st.lists(st.text(), max_size=3), st.integers()))
def test_what_is_kept_is_read_again(gold_id: str, truth: str | list[str] | int) -> None:
    gold = Gold(gold_id, list(truth) if isinstance(truth, list) else truth)

    assert gold_of(gold_kept(gold)) == gold


def test_a_verdict_says_which_gold_its_task_was_and_the_task_forgets_it() -> None:
    qa = InMemory(QA)
    qa.hear(TASK)
    qa.twin.write(put(KEY, **{keys.GOLD: gold_kept(Gold("g-1", CAT))}))

    qa.hear(*answers(w_1=CAT, w_2=CAT))

    (verdict,) = qa.of(VerdictReached)
    assert verdict.gold == JudgedGold(gold_id="g-1", truth=CAT)
    assert keys.GOLD not in qa.twin.hash(KEY)
