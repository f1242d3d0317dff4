"""Each format that is measured is that format, and what is to be redacted is redacted."""

import pytest

from bench.by_format import FORMATS, WITHIN
from bench.side.by_format import cpu, payload
from services.intake.formats import choose
from services.intake.redaction.pieces import may_hold_any


@pytest.mark.parametrize("name", FORMATS)
def test_an_output_is_in_the_format_that_it_stands_for(name: str) -> None:
    sent = payload(name, 0)
    assert choose(None, sent.get("response", sent)).name == name


def test_as_many_outputs_hold_what_is_redacted_as_is_said() -> None:
    def text(name: str, number: int) -> str:
        return str(payload(name, number)["choices"][0]["message"]["content"])

    holding = {
        name: sum(may_hold_any(text(name, number)) for number in range(8))
        for name in ("redacting none", "redacting some", "redacting all")
    }
    assert holding == {"redacting none": 0, "redacting some": 2, "redacting all": 8}


def test_everything_that_is_measured_is_taken() -> None:
    assert all(cpu(name=name, count=2) > 0 for name in FORMATS)
    assert all(cpu(name=name, count=2, **more) > 0 for name, more in WITHIN.values())
