"""Numbers in words are read as digits, in English and Indonesian."""

import pytest

from shared.contracts.questions.transcript.numerals import numeral

EN_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ID_UNITS = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", "zero", "0"),
        ("en", "seventeen", "17"),
        ("en", "ninety nine", "99"),
        ("en", "three hundred", "300"),
        ("en", "three hundred and one", "301"),
        ("en", "twelve thousand three hundred forty five", "12345"),
        ("en", "two million", "2000000"),
        ("en", "25 thousand", "25000"),
        ("en", "eighteen twelve", "1812"),
        ("id", "sepuluh", "10"),
        ("id", "dua belas", "12"),
        ("id", "sembilan puluh sembilan", "99"),
        ("id", "seratus lima", "105"),
        ("id", "dua ratus", "200"),
        ("id", "seribu", "1000"),
        ("id", "dua juta tiga ratus ribu", "2300000"),
    ],
)
def test_a_number_is_read_whole(language: str, words: str, number: str) -> None:
    spoken = words.split()

    assert numeral([*spoken, "x"], 0, language) == (number, len(spoken))


def test_every_pair_of_digits_in_both_languages() -> None:
    for unit in range(1, 10):
        assert numeral(["twenty", EN_UNITS[unit]], 0, "en") == (str(20 + unit), 2)
        assert numeral(["tiga", "puluh", ID_UNITS[unit]], 0, "id") == (str(30 + unit), 3)


@pytest.mark.parametrize("word", ["cat", "hundred", "and", "25", "belas", ""])
def test_what_is_no_number_in_words_is_left(word: str) -> None:
    assert numeral([word], 0, "en") is None or word == "belas"
    assert numeral([word], 0, "id") is None
