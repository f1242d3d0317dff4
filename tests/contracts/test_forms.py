"""What Redis holds changes only together with the state version on the service's card."""

import pytest

from shared.contracts.topics import SERVICES
from tests.contracts.forms import form_now, form_stored


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_kept_of_an_event_has_the_form_its_number_stands_for(service: str) -> None:
    now, stored = form_now(service), form_stored(service)

    assert now == stored, (
        f"{service} keeps something else of an event than state version {stored['form']} did: where"
        f" that version was released, raise `state_version` in services/{service}/__init__.py, so"
        " that state of before is refused and not misread; then store it:"
        " python -m tests.contracts.forms"
    )
