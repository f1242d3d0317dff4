"""Options that answers name by their labels: what several kinds of questions have in common."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError

from shared.contracts.labels import LabelText, look, nfc
from shared.contracts.question import CatalogPart, Fault, Prose, QuestionRow

LABELS_BYTES_MAX = 16 * 1024
"""Of one question's labels together, as JSON: each task, offer and verdict carries them."""
OPTIONS_MAX = 500
LISTED_MAX = 50
"""More options than these are searched, and known to a token by digests. Older builds made tokens
with labels for up to so many options; these are read as ever.
"""
DIGEST_BYTES = 8
"""Bytes of the SHA-256 of a label in its form NFC. A token of 500 options stays below 6 KiB."""


def _trimmed(label: str) -> str:
    if label != label.strip():
        raise PydanticCustomError("invalid_field", "take away the blanks around it")
    return label


OptionLabel = Annotated[LabelText, StringConstraints(max_length=100), AfterValidator(_trimmed)]
"""A label without blanks around it."""


@lru_cache(maxsize=1024)
def by_form(options: tuple[str, ...]) -> Mapping[str, str]:
    """Return each label by the form of it in which answers are compared with it, and by itself.

    An older catalog may have two labels of one form: each is then meant by its own spelling.
    """
    return {nfc(label): label for label in options} | {label: label for label in options}


@lru_cache(maxsize=256)
def digests_of(options: tuple[str, ...]) -> bytes:
    """Return the digests of all labels behind one another."""
    return b"".join(map(digest_of, options))


def digest_of(label: str) -> bytes:
    """Return the first bytes of the SHA-256 of a label, whichever of Unicode's forms it has."""
    return hashlib.sha256(nfc(label).encode()).digest()[:DIGEST_BYTES]


def apart(digests: bytes) -> frozenset[bytes]:
    """Return the digests that `digests_of` put behind one another."""
    ends = range(DIGEST_BYTES, len(digests) + 1, DIGEST_BYTES)
    return frozenset(digests[end - DIGEST_BYTES : end] for end in ends)


class Option(CatalogPart):
    """One possible answer: what workers read (`show`) and what the model calls it (`aliases`)."""

    label: OptionLabel
    show: Prose = ""
    aliases: Annotated[tuple[OptionLabel, ...], Field(strict=False)] = ()


def _option(written: object) -> object:
    """Take a label alone for an option; a number or truth value is one that lacks its quotes."""
    if isinstance(written, (bool, int, float)):
        raise PydanticKnownError("string_type")
    return {"label": written} if isinstance(written, str) else written


class OptionsRow(QuestionRow):
    """The options of a task type, in the order people see them."""

    options: Annotated[
        tuple[Annotated[Option, BeforeValidator(_option)], ...],
        Field(min_length=2, max_length=OPTIONS_MAX),
    ]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The options' labels, in the order people see them."""
        return tuple(option.label for option in self.options)

    @cached_property
    def options_by_name(self) -> Mapping[str, str]:
        """The label that each label and alias means, by its form in which they are compared."""
        return {
            nfc(name): option.label
            for option in self.options
            for name in (option.label, *option.aliases)
        }

    def faults_of_options(self) -> Iterator[Fault]:
        """Yield names that mean two options, and labels that are too long together."""
        known: dict[str, str] = {}
        for at, option in enumerate(self.options):
            for name in (option.label, *option.aliases):
                first = known.setdefault(look(name), option.label)
                twice = name == option.label and at != self.labels.index(name)
                if first != option.label or twice:
                    fix = (
                        "a label or alias means one option: rename it"
                        " (case, blanks and joiners do not count)"
                    )
                    yield ("options", at), f"{name} is already an option or alias", fix
        together = sum(
            len(json.dumps(label, ensure_ascii=False).encode()) + 1 for label in self.labels
        )
        if together > LABELS_BYTES_MAX:
            fault = f"the labels come to {together} bytes of JSON, above {LABELS_BYTES_MAX}"
            yield ("options",), fault, "use fewer or shorter labels"
