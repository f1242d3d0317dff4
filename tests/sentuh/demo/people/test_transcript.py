"""People who write what they hear: as many words right as they are good, the others wrong."""

from sentuh.demo.people import answer_of, guess
from shared.contracts.questions.transcript.question import TranscriptQuestion

QUESTION = TranscriptQuestion(language="id", rules=("case",))
SAID = "saya mau pergi ke pasar besok pagi dengan ibu"


def words_right(accuracy: float | None) -> float:
    """Return the share of words that people have right, each in its place or missing before it."""
    right = [len(set(SAID.split()) & set(_text(accuracy, task).split())) / 9 for task in range(200)]
    return sum(right) / len(right)


def _text(accuracy: float | None, task: int) -> str:
    answer = answer_of(accuracy, (1, "w-1", f"t-{task}"), truth={"text": SAID}, question=QUESTION)
    assert QUESTION.problem_with(answer) is None
    assert isinstance(answer, dict)
    return str(answer["text"])


def test_people_have_as_many_words_right_as_they_are_good() -> None:
    assert _text(1.0, 1) == SAID
    assert 0.75 < words_right(0.8) < 0.85
    assert words_right(0.0) < 0.05


def test_who_answers_at_random_writes_other_words() -> None:
    assert words_right(None) < 0.05
    assert QUESTION.problem_with(guess(QUESTION, "unknown")) is None


def test_the_same_person_always_writes_the_same() -> None:
    assert _text(0.7, 5) == _text(0.7, 5)
