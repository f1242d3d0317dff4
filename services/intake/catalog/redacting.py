"""What a task type may say of redaction: kinds, and the countries of national phone numbers."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from shared.contracts.question import Fault, QuestionRow

PHONE_REGIONS = ("ID",)
"""Countries whose phone numbers are known without the country's code, if none is named."""


def is_default(regions: object) -> bool:
    """Return whether the regions are those if none is named; the digest leaves them out."""
    return regions == PHONE_REGIONS


def _known(region: str) -> str:
    if region in phonenumbers.SUPPORTED_REGIONS:
        return region
    near = get_close_matches(region.upper(), phonenumbers.SUPPORTED_REGIONS, 1)
    fix = f"did you mean {near[0]}?" if near else "write a country's two letters, as ID"
    raise PydanticCustomError("invalid_field", "{fix}", {"fix": fix})


PhoneRegion = Annotated[str, AfterValidator(_known)]


def faults_of_redaction(row: QuestionRow) -> Iterator[Fault]:
    """Yield kinds and regions that are listed twice, and regions where no phone is redacted."""
    kinds, regions = getattr(row, "redact", ()), getattr(row, "phone_regions", PHONE_REGIONS)
    for name, listed in (("redact", kinds), ("phone_regions", regions)):
        for at, one in enumerate(listed):
            if one in listed[:at]:
                yield (name, at), f"{one} is listed twice", "list it once"
    if regions != PHONE_REGIONS and "phone" not in kinds:
        fault = "is for phone numbers, and none are redacted"
        yield ("phone_regions",), fault, "add phone to redact, or remove it"
