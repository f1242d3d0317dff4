"""What is published of a file: what is new or otherwise, and flags; how golds stand."""

from datetime import UTC, datetime, timedelta

import pytest

from sentuh.golds import changed, flagged, named_golds, standing_of, taken_back
from sentuh.golds.changes import as_records
from shared.contracts import envelope
from shared.contracts.errors import SettingError
from shared.contracts.events.golds import GoldListed, GoldPlaced, GoldSuspended
from shared.contracts.record import Outgoing
from shared.contracts.topics import Names
from tests.sentuh.audit.gold_wrongs import a_placing
from tests.services.qa.golds.builders import a_gold
from tests.support.builders import NOW, POOL, TASK_TYPE
from tests.support.in_memory import record_of

LATER = NOW + timedelta(hours=1)
NAMES = Names("p.")


def listed(*golds: GoldListed) -> dict[str, GoldListed]:
    return {gold.key: gold for gold in golds}


def test_what_is_listed_so_already_is_not_published_again() -> None:
    first = changed([a_gold("g-1"), a_gold("g-2")], {}, NOW)
    assert [gold.revision for gold in first] == [int(NOW.timestamp())] * 2

    assert changed([a_gold("g-1"), a_gold("g-2")], listed(*first), LATER) == []
    (mended,) = changed([a_gold("g-1", truth="dog"), a_gold("g-2")], listed(*first), LATER)
    assert (mended.gold_id, mended.truth) == ("g-1", "dog")
    assert mended.revision > first[0].revision


def test_the_nonce_it_was_listed_with_is_no_change() -> None:
    (first,) = changed([a_gold("g-1", nonce="4f1c")], {}, NOW)
    assert first.nonce == "4f1c"
    assert changed([a_gold("g-1", nonce="88a0")], listed(first), LATER) == []


def test_a_suspended_gold_that_is_mended_stays_suspended_until_it_is_resumed() -> None:
    (out,) = flagged([a_gold("g-1")], NOW, suspended=True, reason="two are right")
    (mended,) = changed([a_gold("g-1", truth="dog")], listed(out), NOW)
    (back,) = flagged([mended], NOW, suspended=False)

    assert (out.suspended, out.reason) == (True, "two are right")
    assert (mended.suspended, mended.reason) == (True, "two are right")
    assert (back.suspended, back.reason) == (False, None)
    assert out.revision < mended.revision < back.revision


def test_golds_are_found_by_their_ids() -> None:
    golds = listed(a_gold("g-1"), a_gold("g-2"), a_gold("g-2", task_type="other"))

    assert [gold.gold_id for gold in named_golds(["g-1"], golds, None)] == ["g-1"]
    assert [one.task_type for one in named_golds(["g-2"], golds, "other")] == ["other"]
    with pytest.raises(SettingError, match="name one with --type"):
        named_golds(["g-2"], golds, None)
    with pytest.raises(SettingError, match="look at `sentuh golds list`"):
        named_golds(["g-9"], golds, None)


def test_how_golds_stand_is_read_from_the_topics() -> None:
    golds = [
        a_gold("g-1", revision=3, placed_max=1),
        a_gold("g-2"),
        a_gold("g-3", suspended=True, reason="why"),
        a_gold("g-4"),
    ]
    stopped = GoldSuspended(
        pool=POOL, at=NOW, task_type=TASK_TYPE, gold_id="g-2", revision=1, against=5, agreed=1
    )
    sent = [*as_records(golds, NAMES), *taken_back([golds[3]], NAMES), *of_qa(a_placing(), stopped)]
    standing = standing_of([record_of(one) for one in sent], NAMES)

    rows = {row.gold_id: row for row in standing.rows()}
    assert {name: row.state for name, row in rows.items()} == {
        "g-1": "used up",
        "g-2": "contradicted",
        "g-3": "suspended",
    }
    assert rows["g-1"].placed == 1
    assert rows["g-2"].reason == "5 trusted people say otherwise, 1 agree"
    assert rows["g-3"].as_json()["reason"] == "why"


def of_qa(*events: GoldPlaced | GoldSuspended) -> list[Outgoing]:
    trace = envelope.derived_traceparent("t")
    return [
        envelope.encode(event, NAMES, source="qa", cause="c", traceparent=trace) for event in events
    ]


def test_a_revision_is_above_that_of_a_gold_that_was_taken_back() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    (first,) = changed([a_gold("g-1")], {}, now)
    (second,) = changed([a_gold("g-1")], {}, now + timedelta(seconds=1))

    assert second.revision > first.revision
