"""What is printed of letters: why, where, and nothing of what was sent unless one asks."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sentuh.dead_letters import (
    as_json,
    dead_letters_in,
    plan,
    read_saved,
    show,
    show_counts,
    show_plan,
    show_published,
)
from sentuh.history.collect import DeadLetter
from shared.contracts.errors import Reason, SettingError
from shared.contracts.record import Record
from shared.contracts.topics import Names
from tests.sentuh.dead_letters.dead_letters import (
    FIX,
    NAMES,
    a_dead_letter,
    a_dead_letter_record,
    a_record,
)

SECRET = "hush-4711"
WICKED = "\x1b[2Jred\r\n\u202eback\x9b1m[bold]"
NOW = datetime(1970, 1, 2, tzinfo=UTC)


def paper() -> tuple[Console, StringIO]:
    written = StringIO()
    return Console(file=written, width=120, highlight=False), written


def printed(dead_letter: DeadLetter, *, payload: bool = False) -> str:
    to, written = paper()
    show([dead_letter], to, left_out=0, payload=payload)
    return written.getvalue()


def a_secret() -> DeadLetter:
    said = f'{{"source": "/m", "id": "o-1", "response": "{SECRET}"}}'.encode()
    return a_dead_letter(a_record(said, key=SECRET.encode(), headers=(("h", SECRET.encode()),)))


def test_a_letter_says_when_who_why_and_where() -> None:
    dead_letter = a_dead_letter(at_seconds=86_400)

    said = printed(dead_letter)

    for words in ("1970-01-02 00:00:00", "intake", "unknown_task_type", "model-outputs[2]@7", FIX):
        assert words in said
    assert str(dead_letter.record.header("dl_id")) in said


def test_source_and_id_of_a_refused_output_are_named_where_they_can_be_read() -> None:
    sent = b'{"source": "/models/m", "id": "o-1", "response": 5}'
    within = a_dead_letter(a_record(sent))
    beside = a_dead_letter(a_record(b"\xff", headers=(("ce_source", b"/m"), ("ce_id", b"e-9"))))
    for dead_letter, source, named in ((within, "/models/m", "o-1"), (beside, "/m", "e-9")):
        assert f"source {source}, id {named}" in printed(dead_letter)
        output = json.loads(as_json(dead_letter, payload=False))["output"]
        assert output == {"source": source, "id": named}


def test_source_and_id_that_cannot_be_read_are_left_out_and_long_ones_cut_off() -> None:
    for raw in (b"{", b'{"source": "/m", "response": 5}', b'{"source": 1, "id": 2, "format": "x"}'):
        assert "source" not in printed(a_dead_letter(a_record(raw)))
        assert json.loads(as_json(a_dead_letter(a_record(raw)), payload=False))["output"] is None
    other = replace(a_dead_letter(a_record(b'{"source": "/m", "id": "o"}')), service="qa")
    assert "source" not in printed(other)
    long = json.dumps({"source": "/m", "id": "\x1b" + "9" * 5_000, "response": 5}).encode()
    said = printed(a_dead_letter(a_record(long)))
    assert "\x1b" not in said
    assert said.count("9") < 200


def test_nothing_of_what_was_sent_is_printed_unless_asked_for() -> None:
    assert SECRET not in printed(a_secret())
    assert SECRET not in as_json(a_secret(), payload=False)
    assert printed(a_secret(), payload=True).count(SECRET) == 3


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    wicked = a_dead_letter(
        a_record(WICKED.encode(), key=WICKED.encode(), headers=((WICKED, b"\x07"),))
    )
    dead_letter = replace(wicked, service=WICKED, reason=WICKED, detail=WICKED)
    staying, written = paper()
    show_plan(plan([dead_letter], NAMES, {}, now=NOW, again=False), staying)

    said = printed(dead_letter, payload=True) + written.getvalue()

    assert all(mark.isprintable() or mark == "\n" for mark in said)
    assert "[bold]" in said


def test_letters_are_counted_by_service_and_reason() -> None:
    dead_letters = [a_dead_letter(a_record(offset=at)) for at in range(3)]
    dead_letters.append(a_dead_letter(service="qa", reason=Reason.BUG))
    to, written = paper()

    show_counts(dead_letters, to)

    rows = [line.split() for line in written.getvalue().splitlines()[1:]]
    assert rows == [["intake", "unknown_task_type", "3"], ["qa", "bug", "1"]]


def test_no_letters_are_said_to_be_none() -> None:
    to, written = paper()
    show_counts([], to)

    assert written.getvalue() == "No dead letters.\n"


def test_what_was_published_is_a_line_for_each_topic() -> None:
    dead_letters = [
        a_dead_letter(a_record(offset=at, partition=at // 2, key=b"%d" % at)) for at in range(3)
    ]
    to, written = paper()

    show_published(
        plan(dead_letters, NAMES, {"x-model-outputs": 6}, now=NOW, again=False).going, to
    )

    assert (
        written.getvalue() == "x-model-outputs: 3 published, 2 to partition 0, 1 to partition 1\n"
    )


@pytest.mark.parametrize("key", [None, b"", b"\xff\x00"])
def test_a_letter_saved_with_its_payload_is_the_same_letter(
    key: bytes | None, tmp_path: Path
) -> None:
    record = a_dead_letter_record(
        a_record(b"\xfe" * 300, key=key, headers=(("h", b""), ("h", b"\xff")))
    )
    file = tmp_path / "letters.jsonl"
    file.write_text(as_json(a_letter_of(record), payload=True) + "\n")

    assert read_saved(file, NAMES) == [record]


def a_letter_of(record: Record) -> DeadLetter:
    return dead_letters_in([record], NAMES)[0]


@pytest.mark.parametrize(
    ("line", "names", "words"),
    [
        ("{}", NAMES, ":1: no dead letter with its payload: save dead letters with"),
        (as_json(a_dead_letter(), payload=False), NAMES, ":1: no dead letter with its payload"),
        (as_json(a_dead_letter(), payload=True), Names("y-"), "correct --prefix"),
    ],
)
def test_a_line_that_is_none_is_named_with_the_fix(
    line: str, names: Names, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "letters.jsonl"
    file.write_text(line)

    with pytest.raises(SettingError, match=words):
        read_saved(file, names)


def test_json_names_place_and_reason() -> None:
    said = json.loads(as_json(a_dead_letter(), payload=False))

    assert said["refused"] == {"topic": "model-outputs", "partition": 2, "offset": 7}
    assert said["service"] == "intake"
    assert said["reason"] == "unknown_task_type"
    assert "payload" not in said
