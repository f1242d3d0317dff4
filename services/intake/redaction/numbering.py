"""Says whether digits are a valid phone number, by the numbering plans of Google's libphonenumber.

The library looks for a number in any text first, which takes ten times as long as its plans do for
digits alone. Where a plan is more than a prefix and patterns, the library itself is asked.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

_CODE_DIGITS_MAX = 3
_TYPES = (
    "mobile", "fixed_line", "premium_rate", "toll_free", "shared_cost", "voip",
    "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip


class _Pattern(NamedTuple):
    """What a national number of one type looks like; without lengths, any has the right one."""

    lengths: tuple[int, ...]
    digits: re.Pattern[str]

    def fits(self, number: str) -> bool:
        of_length = not self.lengths or len(number) in self.lengths
        return of_length and self.digits.fullmatch(number) is not None


class _Plan(NamedTuple):
    """A country's plan: its code, what is dialled before others' and before its own numbers."""

    code: str
    abroad: re.Pattern[str]
    prefix: str
    local_lengths: tuple[int, ...]
    all_types: _Pattern
    types: tuple[_Pattern, ...]

    def is_national(self, number: str) -> bool:
        """Return whether this is a number of any type, written without the prefix."""
        return self.all_types.fits(number) and any(one.fits(number) for one in self.types)

    def is_valid(self, number: str) -> bool | None:
        """Return whether this is a number, with the prefix or without; None where it may be both.

        Example: `081234567890` of Indonesia, and `81234567890`.
        """
        if not self.prefix or not number.startswith(self.prefix):
            return self.is_national(number)
        bare = number[len(self.prefix) :]
        if self.is_national(bare):
            return None if len(bare) in self.local_lengths else True
        return None if self.is_national(number) else False


def is_valid_number(digits: str, region: str | None) -> bool:
    """Return whether digits are a valid number, as libphonenumber has it.

    They are written as in the region (`ID`), or without one as from abroad, after the `+`.
    Example: `6281234567890` without a region is, and so is `081234567890` in `ID`.
    """
    valid = _from_abroad(digits) if region is None else _in_region(digits, region)
    return _by_library(digits, region) if valid is None else valid


def _in_region(digits: str, region: str) -> bool | None:
    plan = _plan_of(region)
    if plan is None or digits.startswith(plan.code) or plan.abroad.match(digits):
        return None
    return plan.is_valid(digits)


def _from_abroad(digits: str) -> bool | None:
    # No country's code begins with 0: as a number, 062 would be 62.
    for end in range(1, 0 if digits.startswith("0") else _CODE_DIGITS_MAX + 1):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:end] or 0))
        if regions:
            plan = _plan_of(regions[0])
            return None if plan is None else plan.is_valid(digits[end:])
    return None


def _by_library(digits: str, region: str | None) -> bool:
    written = f"+{digits}" if region is None else digits
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=512)
def _plan_of(region: str) -> _Plan | None:
    """Return a country's plan; None where it shares its code, or its prefix is no plain digits."""
    plan = PhoneMetadata.metadata_for_region(region, None)
    code = 0 if plan is None else plan.country_code or 0
    if plan is None or len(COUNTRY_CODE_TO_REGION_CODE.get(code, ())) != 1:
        return None
    prefix, every = plan.national_prefix_for_parsing or "", plan.general_desc
    all_types = _pattern(every)
    if (
        every is None
        or all_types is None
        or plan.national_prefix_transform_rule
        or not (prefix + "0").isdigit()
    ):
        return None
    types = (_pattern(getattr(plan, name)) for name in _TYPES)
    return _Plan(
        code=str(code),
        abroad=re.compile(plan.international_prefix or "(?!)"),
        prefix=prefix,
        local_lengths=every.possible_length_local_only,
        all_types=all_types,
        types=tuple(one for one in types if one is not None),
    )


def _pattern(about: PhoneNumberDesc | None) -> _Pattern | None:
    if about is None or not about.national_number_pattern:
        return None
    return _Pattern(about.possible_length, re.compile(about.national_number_pattern))
