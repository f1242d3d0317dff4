"""What is found in a text, what is left of it, and where its offsets are then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from services.intake.redaction.pieces import (
    Redacting,
    kinds_in_name,
    may_hold_any,
    moved,
    pieces_in,
    replaced,
)
from shared.contracts.events.redacted import RedactedKind
from tests.services.intake.redaction.values import MAKE, values

ALL = Redacting(frozenset(MAKE), ("ID",))


def without(text: str, *kinds: RedactedKind) -> str:
    """The text as it is published where these kinds are redacted, or all."""
    return replaced(text, pieces_in(text, ALL._replace(kinds=frozenset(kinds) or ALL.kinds)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ana.lim+x@mail.example.co.id.", "Write to [email]."),
        ("<ana@example.com>, „budi@contoh.id“", "<[email]>, „[email]“"),
        ("mailto:ana%40example.com", "mailto:[email]"),
        ("пример@пример.рф and 山田@例え.テスト", "[email] and [email]"),
        ('"ana lim"@example.com!', "[email]!"),
        ("root@[10.0.0.1]", "[email]"),
        ("Card 4111 1111 1111 1111, 12/27", "Card [payment_card], 12/27"),
        ("4111-1111-1111-1111-123", "[payment_card]-123"),
        ("amex 3782 822463 10005", "amex [payment_card]"),
        ("order 12 4111 1111 1111 1111", "order 12 [payment_card]"),
        ("\uff14\uff11\uff11\uff11\u20111111\u00a01111\u202f1111", "[payment_card]"),
        ("4111 1111\n1111 1111", "[payment_card]"),
        ("x4111111111111111x", "x[payment_card]x"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"),
        ("de89370400440532013000", "[iban]"),
        ("NIK 3171011708450001.", "NIK [nik]."),
        ("NIK 317101 570845 0001", "NIK [nik]"),
        ("NPWP 01.312.166.0-091.000", "NPWP [npwp]"),
        ("NPWP 0013121660091000", "NPWP [npwp]"),
        ("WA 0812-3456-7890 ya", "WA [phone] ya"),
        ("telp (021) 555 1234", "telp [phone]"),
        ("+62 812 3456 7890 / +1 415-555-2671", "[phone] / [phone]"),
        ("hubungi 62812 3456 7890", "hubungi [phone]"),
        ("0 8 1 2 3 4 5 6 7 8 9 0", "[phone]"),
        ("a@example.com 0812-3456-7890", "[email] [phone]"),
    ],
)
def test_what_is_redacted(text: str, shown: str) -> None:
    assert without(text) == shown
    assert may_hold_any(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No numbers here, and nobody @ all.",
        "4111 1111 1111 1112",
        "DE88 3704 0044 1532 4130 00",
        "2026-11-30 10:15, 30-11-2026",
        "1.250.000,00 rupiah",
        "order 1700000000000",
        "12345678901234567890123",
        "9999011708450001",
        "@sentuh user@localhost",
        "08-12-2026 10 people",
        "(page 3/4) 12 of 15",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert without(text) == text


def test_only_what_is_asked_for_is_redacted() -> None:
    text = "ana@example.com 4111 1111 1111 1111"
    assert without(text, "email") == "[email] 4111 1111 1111 1111"
    assert without(text, "payment_card") == "ana@example.com [payment_card]"


def test_national_numbers_are_those_of_the_regions() -> None:
    text = "(415) 555-2671 or 0812-3456-7890"
    american = ALL._replace(phone_regions=("US",))
    assert replaced(text, pieces_in(text, american)) == "[phone] or 0812-3456-7890"
    assert replaced(text, pieces_in(text, ALL)) == "(415) 555-2671 or [phone]"


@given(values(), st.text("abc \n,.:;()[]é山", max_size=12), st.text("abc \n,;)]é山", max_size=12))
def test_a_value_is_nowhere_in_what_is_shown(
    kind_and_value: tuple[RedactedKind, str], before: str, after: str
) -> None:
    kind, value = kind_and_value
    text = f"{before} {value} {after}"
    shown = without(text, kind)
    assert may_hold_any(text)
    assert value not in shown
    assert f"[{kind}]" in shown


@given(st.lists(st.one_of(values().map(lambda pair: pair[1]), st.text(max_size=8)), max_size=6))
def test_pieces_are_in_order_and_apart(parts: list[str]) -> None:
    text = " ".join(parts)
    pieces = pieces_in(text, ALL)
    ends = [0, *(piece.end for piece in pieces)]
    for end, piece in zip(ends, pieces, strict=False):
        assert end <= piece.start < piece.end
    assert all(piece.end <= len(text) for piece in pieces)
    assert may_hold_any(text) or not pieces


@given(st.lists(st.one_of(values().map(lambda pair: pair[1]), st.text(max_size=8)), max_size=6),
       st.data())  # fmt: skip
def test_an_offset_follows_the_text(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    pieces = pieces_in(text, ALL)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = replaced(text, pieces)
    first, last = moved(start, pieces, is_end=False), moved(end, pieces, is_end=True)
    assert 0 <= first <= len(shown)
    assert first <= last <= len(shown) or start == end
    if not any(piece.start < end and piece.end > start for piece in pieces):
        assert shown[first:last] == text[start:end]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("s3://scans/ana@example.com.png", ["email"]),
        ("https://example.com/?to=ana%40example.com", ["email"]),
        ("https://example.com/scan/3171011708450001.png", ["nik"]),
        ("inv_4111111111111111", ["payment_card"]),
        ("o-4111111111111111", ["payment_card"]),
        ("4111-1111.1111-1111", ["payment_card"]),
        ("DE89370400440532013000", ["iban"]),
        ("f4111111111111111", ["payment_card"]),
        ("user081234567890", ["phone"]),
        ("https://example.com/?to=%2B6281234567890", ["phone"]),
        ("9a3f4111111111111111c0de", []),
        ("01JDZ4111111111111111XYZAB", []),
        ("018f2a3b-4111-1111-1111-111141111111", []),
        ("1700000000000000000", []),
    ],
)
def test_in_a_name_digits_count_that_are_in_no_word(name: str, kinds: list[str]) -> None:
    assert kinds_in_name(name, ALL) == kinds


@pytest.mark.parametrize(
    "text",
    ["1 " * 100_000, "0812345678 " * 20_000, "a" * 200_000, "a@" * 100_000, "DE89 " * 40_000,
     "." * 200_000 + "@", '"@' * 100_000, "+" * 200_000, "0" * 200_000, "(0" * 100_000],
)  # fmt: skip
def test_a_hostile_text_comes_to_an_end(text: str) -> None:
    assert len(without(text)) <= 3 * len(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5. 6281234567890", "5. [phone]"),
        ("5.6281234567890", "5.[phone]"),
        ("1. 812-3456-7890, 2. 812 3456 7891", "1. [phone], 2. [phone]"),
        ("tel 4 812-3456-7890 6", "tel 4 [phone] 6"),
        ("0812 [3456] 7890", "[phone]"),
        ("4111 - 1111 - 1111 - 1111", "[payment_card]"),
        ("4111_1111/1111\u30001111", "[payment_card]"),
        ("4111\u00ad1111\u22121111~1111", "[payment_card]"),
        ("DE89  3704 0044 0532 0130 00", "[iban]"),
        ("IBANDE89370400440532013000", "IBAN[iban]"),
        ("ana\ufe6bexample.com", "[email]"),
        ("ana\u200b@\u200bexample.com", "[email]"),
    ],
)
def test_numbers_beside_numbers_and_odd_separators(text: str, left: str) -> None:
    assert may_hold_any(text)
    assert replaced(text, pieces_in(text, ALL)) == left


def test_digits_that_look_like_one_number_hide_no_other_that_begins_in_them() -> None:
    wrong = next(n for n in range(10, 100) if luhn.is_valid(f"5{n}411111111111"))
    text = f"5{wrong} 4111 1111 1111 1111"
    assert "1111" not in replaced(text, pieces_in(text, ALL))
