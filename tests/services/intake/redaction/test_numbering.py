"""Digits are a valid phone number where libphonenumber says so, whatever way is taken to know."""

import phonenumbers
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.redaction.numbering import is_valid_number

REGIONS = ("ID", "DE", "SG", "MY", "AU", "US", "GB", "BR", "RU", "IT", "HU")
digits = st.text("0123456789", min_size=1, max_size=12)


def by_the_library(written: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False


@st.composite
def near_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A region's own example with some of its digits changed, or any digits."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from((0, 1, 3)))
    known = phonenumbers.example_number_for_type(region, kind)
    number = "" if known is None else phonenumbers.national_significant_number(known)
    kept = draw(st.integers(0, len(number)))
    return region, number[:kept] + draw(digits)[: max(len(number) - kept, 1)]


@given(near_numbers(), st.sampled_from(("", "0", "8", "00", "1", "06")))
@example(("ID", "81234567890"), "0")
@example(("ID", "6281234567890"), "")
def test_digits_as_written_in_a_country_are_as_the_library_has_them(
    number: tuple[str, str], before: str
) -> None:
    region, national = number
    written = before + national

    assert is_valid_number(written, region) == by_the_library(written, region)


@given(near_numbers(), st.sampled_from(("", "0", "1")))
def test_digits_as_from_abroad_are_as_the_library_has_them(
    number: tuple[str, str], before: str
) -> None:
    region, national = number
    written = f"{phonenumbers.country_code_for_region(region)}{before}{national}"

    assert is_valid_number(written, None) == by_the_library(f"+{written}", None)


@given(digits)
@example("0623100000")
def test_digits_that_name_no_country_are_as_the_library_has_them(written: str) -> None:
    assert is_valid_number(written, None) == by_the_library(f"+{written}", None)
