"""Hostile outputs: one dead dead_letter with its reason, nothing else said, nothing kept."""

import json

import pytest
from pydantic import JsonValue

from shared.contracts.topics import DEAD_LETTERS
from tests.services.intake.builders import PNG, a_record, a_sent
from tests.services.intake.in_memory import intake
from tests.support.in_memory import header

CE = {"ce_specversion": "1.0", "ce_type": "model.output.v1", "ce_source": "/m", "ce_id": "o-1"}
MARK = "payload-that-nobody-may-log"
RESPONSE: JsonValue = {"classes": [0, MARK], "probabilities": [0.3, 0.7]}
GOOD = a_sent(response=RESPONSE, media=PNG)

BAD_IDS: list[JsonValue] = [
    7, True, ["o-1"],
    "o\x00", "o\n1", "o\u202e1", "o\u200b1", "\uff4f1", "",
    "o" * 100_000, "a:b{c}*",
]  # fmt: skip
URLS = [
    "file:///etc/passwd", "javascript:alert(1)", "data:image/png;base64,AAAA",
    "https://169.254.169.254/latest", "https://127.1/", "https://0x7f000001/",
    "https://2130706433/", "https://[::ffff:127.0.0.1]/", "https://user@example.com/",
    "https://\u0435xample.com/",
]  # fmt: skip


def refused_with(value: JsonValue | bytes, headers: dict[str, str] | None = None) -> str:
    """The one reason a record is refused with, having left no other trace."""
    running = intake()
    running.hear_records(a_record(value, headers))
    assert running.announced == []
    assert running.facts() == {}
    (dead_letter,) = running.dead_letters
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    assert dead_letter.topic == DEAD_LETTERS["intake"].name
    assert dead_letter.value == raw
    assert MARK not in "".join(
        text.decode() for name, text in dead_letter.headers if name.startswith("dl_")
    )
    assert running.hear_records(a_record(GOOD, offset=8))
    return header(dead_letter, "dl_reason")


@pytest.mark.parametrize("bad", BAD_IDS)
def test_id_is_text_that_can_split_no_key_and_match_no_glob(bad: JsonValue) -> None:
    assert refused_with({**GOOD, "id": bad}) in {"bad_id", "invalid_field"}


@pytest.mark.parametrize("bad", BAD_IDS[3:])
def test_id_of_strange_characters_is_a_bad_id(bad: str) -> None:
    assert refused_with({**GOOD, "id": bad}) == "bad_id"
    if "\x00" not in bad and len(bad) < 10_000:
        body = {name: said for name, said in GOOD.items() if name not in {"source", "id"}}
        assert refused_with(body, {**CE, "ce_id": bad}) in {"bad_id", "missing"}


@pytest.mark.parametrize("url", URLS)
def test_reference_leads_to_no_inner_host_and_runs_nothing(url: str) -> None:
    assert refused_with({**GOOD, "media": {"ref": url}}) == "bad_url"


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("model.output.v99", "unknown_version"),
        ("model.output.v2", "unknown_version"),
        ("something.else.v1", "unsupported"),
        ("task.created.v1", "unsupported"),
    ],
)
def test_type_and_version_must_be_known(named: str, reason: str) -> None:
    body = {name: said for name, said in GOOD.items() if name not in {"source", "id"}}
    structured: JsonValue = {
        **{name[3:]: text for name, text in CE.items()},
        "type": named,
        "data": body,
    }

    assert refused_with(body, {**CE, "ce_type": named}) == reason
    assert refused_with(structured) == reason


def test_unknown_task_type_is_refused() -> None:
    assert refused_with({**GOOD, "task_type": "unheard-of"}) == "unknown_task_type"


def test_thousand_copies_are_one_task() -> None:
    running = intake()
    running.hear_records(*(a_record(GOOD, offset=offset) for offset in range(1000)))

    assert len(running.announced) == 1
    assert running.dead_letters == []


def test_other_content_under_one_id_is_refused_and_the_first_kept() -> None:
    running = intake()
    (task,) = running.hear_records(a_record(GOOD))
    before = running.facts()

    running.hear_records(
        a_record({**GOOD, "request": "Which?"}, offset=8), a_record(GOOD, offset=9)
    )

    assert running.announced == [task]
    assert running.reasons() == ["id_reuse"]
    assert running.facts() == before


def test_letter_of_one_record_is_the_same_letter_when_it_comes_again() -> None:
    running = intake()
    running.hear_records(
        a_record(b"{", offset=3), a_record(b"{", offset=3), a_record(b"{", offset=4)
    )
    ids = [header(dead_letter, "dl_id") for dead_letter in running.dead_letters]

    assert ids[0] == ids[1] != ids[2]
