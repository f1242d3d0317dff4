"""People who mark a text: always an answer to the question, and the truth if they are right."""

from hypothesis import given
from hypothesis import strategies as st

from sentuh.demo.people import answer_of, guess
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
