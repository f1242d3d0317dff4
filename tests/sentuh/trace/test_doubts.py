"""Why a confidence did not count, in words."""

from typing import get_args

import pytest

from sentuh.trace.doubts import in_words
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence


@pytest.mark.parametrize("reason", get_args(Doubt))
def test_every_doubt_has_words(reason: Doubt) -> None:
    words = in_words(Confidence(status="absent", reason=reason))
    assert len(words) > 20
    assert "_" not in words


def test_fact_is_told_beside_the_reason() -> None:
    confidence = Confidence(status="absent", reason="unfinished", detail="finish_reason is abort")
    assert in_words(confidence) == "the answer did not end by itself (finish_reason is abort)"


def test_event_from_before_doubts_were_recorded_is_told_by_its_status() -> None:
    assert "does not say how sure" in in_words(Confidence(status="absent"))
    assert "not set" in in_words(Confidence(status="sentinel"))
