"""Addresses and versions are no numbers of persons, and hide none that stands beside them."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.redaction.dotted import without_dotted
from services.intake.redaction.pieces import Redacting, pieces_in, replaced
from shared.contracts.events.redacted import RedactedKind
from tests.services.intake.redaction.values import MAKE, values

ALL = Redacting(frozenset(MAKE), ("ID", "US"))
ADDRESSES = st.ip_addresses(v=4).map(str)


def without(text: str) -> str:
    return replaced(text, pieces_in(text, ALL))


@given(
    st.lists(ADDRESSES, min_size=1, max_size=4),
    st.sampled_from([" ", ", ", "-", "\n", " - ", "/"]),
    st.sampled_from(["", "from ", "("]),
    st.sampled_from(["", ":8080", "/24", ".", ")"]),
)
@settings(max_examples=60)
def test_addresses_are_left_alone(some: list[str], gap: str, before: str, after: str) -> None:
    text = before + gap.join(some) + after
    assert without(text) == text


@given(st.lists(st.integers(0, 99_999), min_size=3, max_size=5), st.sampled_from(
    ["v", "version ", "Version: ", "build ", "libc release 1.0.1, kernel "]
))  # fmt: skip
@settings(max_examples=60)
def test_named_versions_are_left_alone(parts: list[int], name: str) -> None:
    text = name + ".".join(map(str, parts))
    assert without(text) == text


@given(values(), ADDRESSES, st.sampled_from([" ", ", ", "\n"]))
@settings(max_examples=60)
def test_a_value_between_addresses_is_redacted_and_they_are_not(
    kind_and_value: tuple[RedactedKind, str], address: str, gap: str
) -> None:
    _, value = kind_and_value  # a phone's digits may be a card's as well
    shown = without(f"{address}{gap}{value}{gap}{address}")
    assert shown.startswith(f"{address}{gap}[")
    assert shown.endswith(f"]{gap}{address}")
    assert value not in shown.removeprefix(address).removesuffix(address)


@given(st.text("0123456789.+v()/:- ", max_size=60))
def test_the_text_keeps_its_length_and_its_other_digits(text: str) -> None:
    masked = without_dotted(text)
    assert len(masked) == len(text)
    assert all(one in (was, "|") for one, was in zip(masked, text, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "Chrome/120.0.6099.109", "10.0.19045.3803", "OID 1.2.840.113556.1.4.803", "6.8.0-45",
        "13.107.42.14-13.107.42.99", "0.0.0.0:8000 6.1.0-28", "[31.71.101.17]", "36.68.12.71/24",
    ],
)  # fmt: skip
def test_what_dotted_digits_are_no_number(text: str) -> None:
    assert without(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("tel 31.71.101.17", "tel [phone]"),
        ("WA: 0812.3456.7890", "WA: [phone]"),
        ("+62.812.3456.7890", "[phone]"),
        ("415.555.2671", "[phone]"),
        ("1.415.555.2671", "[phone]"),
        ("NIK 31.71.01.170845.0001", "NIK [nik]"),
        ("01.312.166.0.091.000", "[npwp]"),
        ("4111.1111.1111.1111", "[payment_card]"),
        ("v 0812.3456.7890", "v [phone]"),
    ],
)
def test_dotted_numbers_of_persons_are_redacted(text: str, left: str) -> None:
    assert without(text) == left


def test_addresses_are_those_of_the_standard_library() -> None:
    for text in ("1.2.3.4", "255.255.255.255", "9.0.0.0"):
        assert str(IPv4Address(text)) == text
        assert without_dotted(text) == "|" * len(text)
    for text in ("1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5"):
        assert without_dotted(text) == text
