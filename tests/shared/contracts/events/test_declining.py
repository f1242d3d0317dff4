"""A decline says why, in a word of the list and in a note; nothing else is taken, or repeated."""

import ast
import json
import re

import pytest

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentDeclined
from shared.contracts.events.declining import NOTE_CHARACTERS_MAX, REASONS
from shared.contracts.events.responses import OfferDeclined
from shared.contracts.record import Record
from shared.contracts.topics import RESPONSES
from tests.architecture.source import ROOT

BODY = {"pool": "main", "at": "2026-03-01T12:00:15Z", "task_id": "t-1", "worker_id": "w-1"}


def declined(**why: object) -> OfferDeclined:
    """What the router reads of a decline that says this."""
    value = json.dumps(BODY | why).encode()
    headers = (("ce_type", OfferDeclined.TYPE.encode()),)
    _, event = envelope.decode(Record(RESPONSES.name, 0, 0, b"t-1", value, headers, 0), RESPONSES)
    assert isinstance(event, OfferDeclined)
    return event


def refused(**why: object) -> Refused:
    with pytest.raises(Refused) as raised:
        declined(**why)
    return raised.value


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_list_is_taken(reason: str) -> None:
    assert declined(reason=reason).reason == reason


def test_a_decline_may_say_nothing() -> None:
    event = declined()

    assert (event.reason, event.note) == (None, None)
    assert envelope.json_of(event) == envelope.json_of(OfferDeclined.model_validate(BODY))
    assert b"note" not in envelope.json_of(event)


@pytest.mark.parametrize("wrong", ["bored", "No_Time", "", 7, True, None, ["no_time"]])
def test_an_unknown_reason_is_refused_with_the_list(wrong: object) -> None:
    if wrong is None:
        assert declined(reason=None).reason is None
        return
    refusal = refused(reason=wrong)

    assert refusal.reason == Reason.INVALID_FIELD
    assert refusal.detail.startswith("reason: ")
    assert all(reason in refusal.detail for reason in REASONS)
    assert "bored" not in refusal.detail


@pytest.mark.parametrize(
    "note",
    [
        "x",
        "the audio\nis only\tnoise",
        "n" * NOTE_CHARACTERS_MAX,
        "نمی\u200cشنوم",
        "👩\u200d🔬 “no”",
    ],
)
def test_a_note_is_kept_as_sent(note: str) -> None:
    assert declined(note=note).note == note


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("", "note"),
        (" \n\t ", "blank"),
        ("n" * (NOTE_CHARACTERS_MAX + 1), "500"),
        ("hush-4711\x00", "character 10"),
        ("hush-4711\x1b[2J", "character 10"),
        ("hush\r\n4711", "character 5"),
        ("hush\x854711", "character 5"),
        (7, "text"),
        (["hush-4711"], "text"),
    ],
)
def test_a_wrong_note_is_refused_with_its_place_and_never_repeated(
    note: object, named: str
) -> None:
    refusal = refused(note=note, reason="other")

    assert refusal.reason == Reason.INVALID_FIELD
    assert refusal.detail.startswith("note: ")
    assert named in refusal.detail
    assert "hush" not in refusal.detail


def test_the_schema_refuses_the_same_notes() -> None:
    schema = OfferDeclined.model_json_schema()["properties"]["note"]["anyOf"][0]

    assert re.search(schema["pattern"], "one\ntwo\tthree")
    assert not re.search(schema["pattern"], "one\x1btwo")
    assert schema["maxLength"] == NOTE_CHARACTERS_MAX


def test_a_decline_of_before_still_parses_and_is_written_as_before() -> None:
    facts = BODY | {
        "task_type": "animals", "assignment_id": "a-1", "place": 0, "turn": 1,
        "accept_by": "2026-03-01T12:01:00Z", "answer_by": "2026-03-01T12:03:00Z",
    }  # fmt: skip
    event = AssignmentDeclined.model_validate(facts)

    assert json.loads(envelope.json_of(event)) == facts


def test_the_page_for_worker_apps_and_the_quickstart_have_the_same_list() -> None:
    page = (ROOT / "docs" / "worker-apps.md").read_text(encoding="utf-8")
    part = page.partition("## Declining with a reason")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)[1:]) == REASONS
    app = (ROOT / "deploy" / "quickstarts" / "answer.py").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^REASONS = (\(.*?\))  # fmt", app, re.MULTILINE | re.DOTALL)
    assert ast.literal_eval(listed) == REASONS
