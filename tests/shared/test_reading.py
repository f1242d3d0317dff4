"""An error of ours becomes a reason that says where it was, and nothing of the record."""

from shared.errors import Reason
from shared.logs import where
from shared.reading import bug


def test_a_bug_names_its_kind_and_its_place_and_quotes_nothing() -> None:
    try:
        int("a secret of the record")
    except ValueError as failure:
        refused, place = bug(failure), where(failure)

    assert refused.reason is Reason.BUG
    assert f"(ValueError at {place})" in refused.detail
    assert place.startswith(f"{__name__}:")
    assert "secret" not in refused.detail
