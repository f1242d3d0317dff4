"""Labels of any script are taken with their joiners, and nothing that cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts.labels import LabelText, look, nfc, problem_with_label

LABELS: TypeAdapter[str] = TypeAdapter(LabelText)
JOINED = {
    "Persian half-space": "\u0628\u06cc\u200c\u0637\u0631\u0641",
    "after a digit": "30\u200c\u0633\u0627\u0644\u0647",
    "Hijri sign": "\u0647\u200d",
    "Malayalam chillu at the end": "\u0d05\u0d35\u0d28\u0d4d\u200d",
    "Hindi half letter": "\u0915\u094d\u200d\u0937",
    "detective": "\U0001f575\ufe0f\u200d\u2642\ufe0f",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "skin tone": "\U0001f469\U0001f3fd\u200d\U0001f692",
    "Vietnamese in NFD": unicodedata.normalize("NFD", "Tiếng Việt"),
    "Japanese in NFD": unicodedata.normalize("NFD", "ガギグ"),
    "Thai": "ไม่เป็นกลาง",
    "French no-break space": "Tr\u00e8s bien\u00a0!",
    "French narrow space": "Tr\u00e8s bien\u202f!",
    "Japanese blank": "\u826f\u3044\u3000\u60aa\u3044",
    "an emoji newer than this Python": "\U0001fae9",
    "markup": "<script>",
    "blank at the end": "yes ",
}


@pytest.mark.parametrize("label", JOINED.values(), ids=JOINED)
def test_what_people_write_is_taken_as_it_was_sent(label: str) -> None:
    assert LABELS.validate_python(label) == label


HIDDEN = {
    "zero-width space": ("a\u200bb", 2, "200B"),
    "byte order mark": ("\ufeffyes", 1, "FEFF"),
    "override of direction": ("ab\u202ec", 3, "202E"),
    "isolate": ("a\u2066b", 2, "2066"),
    "mark of direction": ("\u05d9\u05e9\u200f", 3, "200F"),
    "soft hyphen": ("co\u00adop", 3, "00AD"),
    "word joiner": ("a\u2060b", 2, "2060"),
    "joiner between Latin letters": ("ri\u200cght", 3, "200C"),
    "joiner at the beginning": ("\u200d\u0647", 1, "200D"),
    "joiner at the end": ("\u0628\u200c", 2, "200C"),
    "two joiners": ("\u0628\u200c\u200c\u0628", 2, "200C"),
    "joiner alone": ("\u200d", 1, "200D"),
    "Hangul filler": ("\u3164", 1, "3164"),
    "line separator": ("a\u2028b", 2, "2028"),
    "tab": ("a\tb", 2, "0009"),
    "newline": ("a\n", 2, "000A"),
    "escape": ("\x1b[31m", 1, "001B"),
    "noncharacter": ("a\uffff", 2, "FFFF"),
    "private use": ("\ue000", 1, "E000"),
}


@pytest.mark.parametrize(("label", "place", "code"), HIDDEN.values(), ids=HIDDEN)
def test_what_nobody_sees_is_refused_with_its_place(label: str, place: int, code: str) -> None:
    problem = problem_with_label(label)

    assert problem is not None
    assert f"leave out the character at place {place} (U+{code})" in problem
    with pytest.raises(ValidationError, match="leave out the character"):
        LABELS.validate_python(label)


@pytest.mark.parametrize("label", ["", " ", "\u00a0", "x" * 201])
def test_blank_and_endless_labels_are_refused(label: str) -> None:
    assert problem_with_label(label)


@given(st.text(max_size=8))
def test_no_good_label_has_a_hidden_character_but_joiners(label: str) -> None:
    if problem_with_label(label) is None:
        shown = label.replace("\u200c", "").replace("\u200d", "")
        assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Zl", "Zp"}
        assert look(label)
        assert nfc(nfc(label)) == nfc(label)


def test_labels_of_one_look_are_told() -> None:
    assert look("\u0628\u06cc\u200c\u0637") == look("\u0628\u06cc\u0637")
    assert look("Not\u00a0 spam") == look("not SPAM")
    assert look(unicodedata.normalize("NFD", "é")) == look("é")
