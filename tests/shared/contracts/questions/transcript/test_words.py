"""Texts are compared by listed rules, and written as their writers wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.questions.transcript.words import (
    RULES,
    SHORT_CHARACTERS_MAX,
    text_from,
    words_of,
)

ALL = tuple(RULES)


def keys(text: str, language: str = "en", rules: tuple[str, ...] = ALL) -> list[str]:
    return [word.key for word in words_of(text, language, rules)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Hello, world!", "hello world"),
        ("en", "It’s Mr. Smith & co.", "it's mister smith and co"),
        ("en", "twenty-five men", "25 men"),
        ("en", "in nineteen forty five", "In 1945"),
        ("en", "one hundred and five thousand", "105,000"),
        ("en", "two thousand twenty", "2020"),
        ("en", "a sign-board", "a sign board"),
        ("en", "caf\u00e9", "cafe\u0301"),
        ("id", "dua puluh lima ribu rupiah", "25.000 rupiah"),
        ("id", "seribu seratus dua belas", "1.112"),
        ("id", "anak2 yg baik", "Anak-anak yang baik"),
        ("id-ID", "sebelas", "11"),
        ("ar", "٢٥ كتاب", "٢٥ كتاب"),
        ("tr", "IŞIK", "ışık"),  # noqa: RUF001
        ("zh", "你好 吗", "你好吗?"),
    ],
)
def test_these_are_compared_as_equal(language: str, one: str, other: str) -> None:
    assert keys(one, language) == keys(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("hi", "कि", "की"),
        ("hi", "दिन", "दीन"),
        ("th", "มา", "ม้า"),
        ("th", "ใกล", "ใกล้"),
        ("ar", "عَلِم", "عُلِم"),
        ("en", "its", "it's"),
        ("en", "five", "nine"),
        ("id", "lima", "lama"),
        ("fa", "می\u200cروم", "میروم"),
        ("fr", "25 ans", "vingt-cinq ans"),
    ],
)
def test_these_differ(language: str, one: str, other: str) -> None:
    assert keys(one, language) != keys(other, language)


def test_without_rules_only_blanks_and_unicode_forms_make_no_difference() -> None:
    assert keys("Hello,  world", rules=()) == ["Hello,", "world"]
    assert keys("Hello", rules=("punctuation",)) == ["Hello"]
    assert keys("25", rules=("case",)) != keys("twenty five", rules=("case",))


def test_marks_alone_belong_to_the_word_beside_them() -> None:
    words = words_of("- well ... yes", "en", ALL)

    assert [word.written for word in words] == ["- well ...", "yes"]
    assert words_of("...", "en", ALL) == words_of("", "en", ALL) == ()


@given(st.text(max_size=60), st.sampled_from(["en", "id", "th", "tr", "hi"]))
def test_the_words_make_the_text_again(text: str, language: str) -> None:
    words = words_of(text, language, ALL)

    assert all(word.key for word in words)
    if words:
        made = text_from(words)
        assert keys(made, language) == [word.key for word in words]
        assert "".join(made.split()) == "".join(words_text(text).split())


def words_text(text: str) -> str:
    """The text in the form in which words are kept."""
    return " ".join(word.written for word in words_of(text, "xx", ()))


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("digits", [13, 4_300, 5_000, 20_000])
def test_digits_without_end_are_one_word(language: str, digits: int) -> None:
    number = "9" * digits

    assert keys(number, language) == [number]
    assert keys(f"{number} thousand ribu", language) == [number, "thousand", "ribu"]


@pytest.mark.parametrize(("characters", "kept"), [(SHORT_CHARACTERS_MAX, 512), (20_000, 32)])
def test_few_long_texts_are_kept(characters: int, kept: int) -> None:
    texts = [f"{number:x<{characters}}" for number in range(kept + 1)]
    first = words_of(texts[0], "en", ())

    assert words_of(texts[0], "en", ()) is first
    for text in texts[1:]:
        words_of(text, "en", ())
    assert words_of(texts[0], "en", ()) == first
    assert words_of(texts[0], "en", ()) is not first
