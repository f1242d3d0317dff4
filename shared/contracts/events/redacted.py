"""What was taken out of an output before anything of it was published: kinds and counts only."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.part import Part

RedactedKind = Literal["email", "phone", "payment_card", "iban", "nik", "npwp"]
"""What a task type may redact; people see it as its kind, such as `[email]`."""


class Redacted(Part):
    """How many pieces of one kind were redacted; the pieces themselves are nowhere."""

    kind: RedactedKind
    count: Annotated[int, Field(ge=1)]
