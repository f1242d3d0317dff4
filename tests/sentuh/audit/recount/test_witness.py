"""The recount of verdicts with a model beside people agrees with qa, and names what is wrong."""

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentuh.audit.recount.choice import RECOUNT
from sentuh.audit.recount.witness import is_blind, wrong
from services.qa.agreement.choice import lessons, tally
from services.qa.agreement.choice.witnessing import witnessed
from services.qa.agreement.terms import Ballot, Draft
from services.qa.witness.kept import is_blind as qa_says_it_is_blind
from shared.contracts.events.parts import Confidence, Gate
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import JudgedGold, VerdictReached, Witness
from shared.contracts.question import Answer
from shared.contracts.questions.choice import ChoiceQuestion
from tests.sentuh.audit.recount.verdicts import a_verdict_of
from tests.services.qa.agreement.choice.builders import Votes, ballots_of, votes, weights_of
from tests.services.qa.in_memory import qa_after
from tests.services.qa.witness.builders import SURE_OF_IT, a_witnessed_task
from tests.support.builders import OPTIONS, an_answer, an_output


def a_witness(answer: str, weight: float | None, **update: object) -> Witness:
    return Witness(
        model="animals", version="3", answer=answer, confidence=SURE_OF_IT, weight=weight,
        lessons=60, right=0.9,
    ).model_copy(update=update)  # fmt: skip


def cast_of(ballots: Sequence[Ballot[str]]) -> list[Ballot[Answer]]:
    return [Ballot(one.assignment_id, one.worker_id, one.answer) for one in ballots]


def reached(cast: Votes, own: Draft[str] | None, witness: Witness | None) -> VerdictReached:
    options, ballots, weights = cast
    outcome = tally(ballots, options, weights)
    outcome = outcome if own is None else witnessed(outcome, own)
    update: dict[str, object] = {"distribution": dict(outcome.distribution), "witness": witness}
    return a_verdict_of(outcome, cast_of(ballots), weights).model_copy(update=update)


@settings(max_examples=300)
@given(votes(), st.data())
def test_both_give_the_same_verdict_with_the_model(cast: Votes, data: st.DataObject) -> None:
    options, ballots, weights = cast
    own = Draft(data.draw(st.sampled_from(options)), round(data.draw(st.floats(0.01, 0.98)), 6))
    first, second = sorted(tally(ballots, options, weights).distribution.values())[:-3:-1]
    tied = first == second
    witness = a_witness(own.answer, None if tied else own.weight)
    verdict = reached(cast, None if tied else own, witness)

    assert list(RECOUNT.wrong(verdict, ChoiceQuestion(options))) == []


@given(votes(), st.data())
def test_both_learn_the_same_of_the_model(cast: Votes, data: st.DataObject) -> None:
    options, ballots, weights = cast
    answer = data.draw(st.sampled_from(options))
    with_own = [*ballots, Ballot("*", "*", answer)]
    outcome = tally(with_own, options, weights | {"*": 0.5})
    milli = lessons(outcome, with_own)["*"].get("agreed_milli", 0)
    verdict = reached(cast, None, a_witness(answer, None, left_out="blind", right_milli=milli))

    assert list(RECOUNT.wrong(verdict, ChoiceQuestion(options))) == []
    if milli > 2:
        other = a_witness(answer, None, left_out="blind", right_milli=milli - 3)
        assert list(RECOUNT.wrong(reached(cast, None, other), ChoiceQuestion(options)))


@given(st.text(max_size=20), st.floats(0, 1))
def test_both_mean_the_same_tasks_by_the_share(task_id: str, share: float) -> None:
    assert is_blind(task_id, share) == qa_says_it_is_blind(task_id, share)


BALLOTS = ballots_of("cat", "cat", "dog")
CAST: Votes = (OPTIONS, BALLOTS, weights_of(BALLOTS, 0.82, 0.82, 0.82))
TASK = a_witnessed_task()
BLIND = a_witnessed_task(blind=True)
COUNTS = reached(CAST, Draft("cat", 0.8), a_witness("cat", 0.8))


def with_witness(verdict: VerdictReached, **update: object) -> VerdictReached:
    assert verdict.witness is not None
    return verdict.model_copy(update={"witness": verdict.witness.model_copy(update=update)})


def changed(**update: object) -> TaskCreated:
    return TASK.model_copy(update=update)


def test_a_model_that_counts_as_it_may_is_not_told() -> None:
    assert list(wrong(COUNTS, TASK)) == []
    assert (
        list(wrong(with_witness(COUNTS, weight=None, left_out="blind", right_milli=900), BLIND))
        == []
    )


WRONGS: dict[str, tuple[Callable[[], VerdictReached], TaskCreated | None]] = {
    "is heard on a task that is judged without it": (lambda: COUNTS, BLIND),
    "switched off, or is audited": (
        lambda: COUNTS,
        changed(gate=Gate(reason="audit", threshold=0.8, audit_share=0.1)),
    ),
    "answered something else": (lambda: COUNTS, changed(output=an_output("dog", SURE_OF_IT))),
    "surer, or less sure": (
        lambda: COUNTS,
        changed(
            output=an_output().model_copy(update={"confidence": Confidence(status="ok", value=0.5)})
        ),
    ),
    "as one judged without it, and it is none": (
        lambda: with_witness(COUNTS, weight=None, left_out="blind"),
        TASK,
    ),
    "neither counts nor is left out": (lambda: with_witness(COUNTS, weight=None), None),
    "or both": (lambda: with_witness(COUNTS, left_out="tied"), None),
    "learns from a task that is not judged without it": (
        lambda: with_witness(COUNTS, right_milli=900),
        None,
    ),
    "the best of the people": (lambda: with_witness(COUNTS, weight=0.9), None),
    "after 29 lessons": (lambda: with_witness(COUNTS, lessons=29), None),
    "counts on a gold": (
        lambda: COUNTS.model_copy(update={"gold": JudgedGold(gold_id="g-1", truth="cat")}),
        None,
    ),
}


@pytest.mark.parametrize("fault", WRONGS)
def test_what_a_model_must_not_do_is_told(fault: str) -> None:
    verdict, task = WRONGS[fault]
    (violation,) = wrong(verdict(), task)

    assert fault in violation.detail


def test_every_verdict_of_qa_with_a_model_beside_people_is_recounted() -> None:
    running, tasks, chance = qa_after(), {}, Random(5)
    for number, blind in enumerate([*[True] * 40, *[False] * 25]):
        right = chance.choice(OPTIONS)
        task = a_witnessed_task(number, blind=blind, answer=right)
        answers = [right if chance.random() < 0.8 else chance.choice(OPTIONS) for _ in range(5)]
        named = enumerate(answers)
        running.hear(task, *(an_answer(f"w-{at}", one, task_id=task.task_id) for at, one in named))
        tasks[task.task_id] = task

    verdicts, stopped = running.of(VerdictReached), RECOUNT.stopped
    assert stopped is not None
    assert sum(one.witness is not None and one.witness.weight is not None for one in verdicts) > 10
    for verdict in verdicts:
        task = tasks[verdict.task_id]
        found = [*RECOUNT.wrong(verdict, ChoiceQuestion(OPTIONS)), *wrong(verdict, task)]
        assert [*found, *stopped(verdict, task)] == []
