"""What Redis holds changes its form only together with the number on the service's card."""

import pytest

from shared.contracts.topics import SERVICES
from tests.contracts.forms import form_now, form_stored


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_kept_of_an_event_has_the_form_its_number_stands_for(service: str) -> None:
    now, stored = form_now(service), form_stored(service)

    assert now == stored, (
        f"{service} keeps something else of an event than form {stored['form']} did: where that"
        f" form was released, raise `form` in services/{service}/__init__.py, so that state of"
        " before is refused and not misread; then store it: python -m tests.contracts.forms"
    )
