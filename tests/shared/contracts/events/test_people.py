"""What a presence may list is bounded, by the number of kinds there can be."""

import pytest

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.people import KINDS_MAX, PresenceChanged
from shared.contracts.questions import KINDS
from shared.contracts.topics import PRESENCE
from tests.contracts.samples import sample


def listing(count: int) -> PresenceChanged:
    stored = sample("presence.changed.v1")
    record = stored.record(kinds=[f"kind-{number}" for number in range(count)])
    _, event = envelope.decode(record, PRESENCE)
    assert isinstance(event, PresenceChanged)
    return event


def test_a_presence_lists_as_many_kinds_as_there_may_be() -> None:
    assert len(KINDS) * 2 < KINDS_MAX
    assert len(listing(KINDS_MAX).kinds or ()) == KINDS_MAX


def test_a_presence_that_lists_more_is_refused_with_the_bound() -> None:
    with pytest.raises(Refused) as refused:
        listing(KINDS_MAX + 1)

    assert f"kinds: send at most {KINDS_MAX}" in refused.value.detail
