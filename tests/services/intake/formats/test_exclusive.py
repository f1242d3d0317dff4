"""Every output that a real program gave looks like its own format and like no other."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.intake.formats import FORMATS, choose
from shared.contracts.errors import Reason, Refused
from tests.services.intake.formats.test_outputs import OUTPUTS, payload_of

LOOKS_LIKE: dict[str, str | None] = yaml.safe_load(
    (Path(__file__).parent / "looks_like.yaml").read_text()
)
"""By output, the format that it looks like; none where it must be declared, or is refused."""


def _looks_like(name: str) -> list[str]:
    payload = payload_of(name)
    return [form.name for form in FORMATS.values() if form.recognises(payload)]


def test_each_output_is_listed_and_there_are_many() -> None:
    assert {path.stem for path in OUTPUTS.glob("*.json")} == LOOKS_LIKE.keys()
    counts = Counter(form for form in LOOKS_LIKE.values() if form is not None)
    assert sum(counts.values()) >= 160


@pytest.mark.parametrize("name", sorted(LOOKS_LIKE))
def test_an_output_looks_like_its_own_format_alone(name: str) -> None:
    form = LOOKS_LIKE[name]
    assert _looks_like(name) == ([] if form is None else [form])


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_example_looks_like_no_other_format(name: str) -> None:
    example = FORMATS[name].example
    assert {form.name for form in FORMATS.values() if form.recognises(example)} <= {name}


@pytest.mark.parametrize("name", sorted(LOOKS_LIKE))
def test_what_marks_leave_out_is_nothing_that_would_be_recognised(name: str) -> None:
    form = LOOKS_LIKE[name]
    if form is None:
        with pytest.raises(Refused) as caught:
            choose(None, payload_of(name))
        assert caught.value.reason is Reason.UNKNOWN_FORMAT
    else:
        assert choose(None, payload_of(name)).name == form


_ITEMS: list[Any] = [
    item
    for form in FORMATS.values()
    for item in (form.example if isinstance(form.example, list) else [form.example])
]
_lists = st.recursive(
    st.sampled_from([*_ITEMS, {"text": "", "start": 0, "end": 1, "avg_logprob": -1.0}, [], 0.5]),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=4,
).filter(lambda payload: isinstance(payload, list))


@given(_lists)
def test_what_the_first_object_of_a_list_leaves_out_is_nothing_that_would_be_recognised(
    payload: list[Any],
) -> None:
    alike = [form.name for form in FORMATS.values() if form.recognises(payload)]
    if len(alike) == 1:
        assert choose(None, payload).name == alike[0]
    else:
        with pytest.raises(Refused) as caught:
            choose(None, payload)
        unknown, ambiguous = Reason.UNKNOWN_FORMAT, Reason.AMBIGUOUS_FORMAT
        assert caught.value.reason is (ambiguous if alike else unknown)
