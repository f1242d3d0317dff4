"""How simulated people write: the true text, one without a word, or nonsense that fits."""

from hypothesis import given
from hypothesis import strategies as st

from sentuh.demo.people import answer_of, guess
from shared.contracts.question import Answer
from shared.contracts.questions.text import TextQuestion

TRUTH: Answer = {"text": "We look forward to hearing from you."}


def test_who_is_always_right_writes_the_truth_and_the_same_whenever_asked() -> None:
    question = TextQuestion()
    assert answer_of(1.0, (1, "w", "t"), truth=TRUTH, question=question) == TRUTH
    wrong = answer_of(0.0, (1, "w", "t"), truth=TRUTH, question=question)
    assert wrong == answer_of(0.0, (1, "w", "t"), truth=TRUTH, question=question)
    assert isinstance(wrong, dict)
    assert len(str(wrong["text"]).split()) == 6


@given(
    accuracy=st.one_of(st.none(), st.floats(0, 1)),
    least=st.integers(1, 60),
    more=st.integers(0, 200),
    person=st.text("abc", max_size=3),
)
def test_what_people_write_fits_the_question(
    accuracy: float | None, least: int, more: int, person: str
) -> None:
    question = TextQuestion(characters_min=least, characters_max=least + more)
    truth: Answer = {"text": "x" * least}

    written = answer_of(accuracy, (1, person, "t"), truth=truth, question=question)
    assert question.problem_with(written) is None
    assert question.problem_with(guess(question, person)) is None
