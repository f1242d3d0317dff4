"""People who write what they hear: as many words right as they are good, the others wrong."""

from sentuh.demo.people import answer_of, begun_from, guess
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


def _mended(draft: str, own: str, task: int = 1) -> str:
    about = (1, "w-1", f"t-{task}")
    answer = begun_from({"text": draft}, {"text": own}, about, question=QUESTION)
    assert QUESTION.problem_with(answer) is None
    assert isinstance(answer, dict)
    return str(answer["text"])


def test_people_overlook_some_wrong_missing_and_invented_words_of_a_draft() -> None:
    draft = "saya mahu pergi pasar besok pagi itu dengan ibu"
    mended = [_mended(draft, SAID, task).split() for task in range(500)]

    for error in (
        ["mahu" in words for words in mended],
        ["ke" not in words for words in mended],
        ["itu" in words for words in mended],
    ):
        assert 0.1 < sum(error) / 500 < 0.3
    assert all({"saya", "pergi", "besok", "pagi"} <= set(words) for words in mended)


def test_a_draft_of_other_words_is_written_anew_and_a_right_one_left() -> None:
    assert _mended("and there were some more", SAID) == SAID
    assert _mended(SAID.upper(), f"{SAID}.") == f"{SAID}."
