"""Judges outputs that real programs gave by what is right of each."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import JsonValue

from services.intake.formats import choose
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.parts import Output
from tests.services.intake.builders import an_envelope

OUTPUTS = Path(__file__).parent / "outputs"
AUDIO = Media(ref="s3://calls/a.wav")


class Case(NamedTuple):
    """One output, and what is right of it.

    `format` is the one it must be recognised as, None where it looks like none; `declared` is what
    it is then read as, if at all. `says` is in its text, or is its answer. `sure` is the
    confidence, or the reason why there is none. `refused` is the reason of a refusal, and `says`
    then in its words.
    """

    name: str
    format: str | None
    says: JsonValue
    sure: float | str | None = None
    path: str | None = None
    refused: Reason | None = None
    request: str | None = None
    declared: str | None = None
    language: str | None = None


def payload_of(name: str) -> JsonValue:
    """Return the output in this file."""
    payload: JsonValue = json.loads((OUTPUTS / f"{name}.json").read_text())
    return payload


def read(case: Case) -> Output:
    """Return the output, read as what it looks like, or else as declared."""
    payload = payload_of(case.name)
    envelope = an_envelope(payload, request=case.request, media=AUDIO)
    return choose(case.declared, payload).read(envelope)


def judge(case: Case) -> None:
    """Assert that the output of a case is recognised, and read or refused, as is right."""
    if case.format is not None:
        assert choose(None, payload_of(case.name)).name == case.format
    if case.refused is not None:
        with pytest.raises(Refused) as caught:
            read(case)
        assert caught.value.reason is case.refused
        assert str(case.says) in caught.value.detail
        return
    output = read(case)
    assert output.format == (case.declared or case.format)
    if isinstance(case.says, str) and output.text is not None:
        assert case.says in output.text
    else:
        assert output.answer == case.says
    confidence = output.confidence
    if isinstance(case.sure, str):
        assert (confidence.value, confidence.reason) == (None, case.sure)
    else:
        assert confidence.value == pytest.approx(case.sure, abs=5e-4)
    assert case.path is None or confidence.source_path == case.path
    assert case.language is None or output.language == case.language
