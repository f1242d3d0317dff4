"""People who mark a text: always an answer to the question, and the truth if they are right."""

from hypothesis import given
from hypothesis import strategies as st

from sentuh.demo.people import answer_of, begun_from, guess
from services.qa.agreement.spans.matching import f1
from shared.contracts.questions.spans import SpansQuestion, spans_of
from tests.services.qa.agreement.spans.builders import (
    LENGTH,
    NAMES,
    OVERLAPPING,
    THREE,
    an_answer,
    marks,
)

TRUTH = an_answer((0, 6, "name"), (8, 13, "place"), (20, 27, "name"))
questions = st.sampled_from([NAMES, THREE, OVERLAPPING, SpansQuestion(labels=("name",), length=0)])


@given(st.data(), questions, st.floats(0, 1) | st.none(), st.integers())
def test_whoever_answers_gives_an_answer_to_the_question(
    data: st.DataObject, question: SpansQuestion, accuracy: float | None, task: int
) -> None:
    truth = data.draw(marks(question)) if question.length else []
    about = (1, "w-1", task)
    answer = answer_of(accuracy, about, truth=truth, question=question)
    assert question.problem_with(answer) is None
    assert answer == answer_of(accuracy, about, truth=truth, question=question)
    assert question.problem_with(guess(question, *about)) is None


def test_who_is_always_right_says_the_truth_and_others_come_near_it_by_skill() -> None:
    def likeness(accuracy: float | None) -> float:
        answers = [
            answer_of(accuracy, (1, "w-1", task), truth=TRUTH, question=THREE)
            for task in range(200)
        ]
        return sum(f1(spans_of(answer), spans_of(TRUTH)) for answer in answers) / 200

    assert likeness(1.0) == 1.0
    assert 1.0 > likeness(0.9) > likeness(0.6) > likeness(None)
    assert THREE.length == LENGTH


@given(st.data(), questions, st.integers())
def test_a_mended_draft_is_an_answer_made_of_the_draft_and_of_what_the_person_sees(
    data: st.DataObject, question: SpansQuestion, task: int
) -> None:
    draft, own = (data.draw(marks(question)) if question.length else [] for _ in range(2))
    mended = begun_from(draft, own, (1, "w-1", task), question=question)

    assert question.problem_with(mended) is None
    assert set(spans_of(mended)) <= {*spans_of(draft), *spans_of(own)}
    assert begun_from(own, own, (1, "w-1", task), question=question) == own


def test_people_overlook_some_errors_of_a_draft() -> None:
    shifted, missing = an_answer((0, 5, "name"), (20, 27, "name")), (8, 13, "place")
    mended = [
        spans_of(begun_from(shifted, TRUTH, (1, "w-1", task), question=THREE))
        for task in range(500)
    ]

    for error in ((0, 5, "name") in one for one in mended), (missing not in one for one in mended):
        assert 0.1 < sum(error) / 500 < 0.3
    assert all((20, 27, "name") in one for one in mended)
