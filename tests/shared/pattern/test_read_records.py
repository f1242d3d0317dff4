"""An error of ours becomes a reason that says where it was, and nothing of the record."""

import pytest

from shared.contracts.errors import Reason
from shared.observe.logs import where
from shared.pattern.read_records import refusal_of_bug


def test_a_bug_names_its_kind_and_its_place_and_quotes_nothing() -> None:
    with pytest.raises(ValueError, match="secret") as caught:
        int("a secret of the record")

    refused = refusal_of_bug(caught.value)

    assert refused.reason is Reason.BUG
    assert f"(ValueError at {where(caught.value)})" in refused.detail
    assert f"{__name__}:" in refused.detail
    assert "secret" not in refused.detail
