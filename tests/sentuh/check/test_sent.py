"""Files of outputs, whichever way a person has them, become the records they were."""

import base64
import json
from pathlib import Path

import pytest

from sentuh.check import read_sent_files
from shared.contracts.errors import SettingError

OUTPUT = {"classes": ["0", "1"], "probabilities": [0.58, 0.42]}
RAW = json.dumps(OUTPUT).encode()
CODED = base64.b64encode(RAW).decode()
HEADERS = (("ce_id", b"o-1"), ("ce_source", b"/m"))
CODED_HEADERS = [[name, base64.b64encode(value).decode()] for name, value in HEADERS]


def _read(tmp_path: Path, content: bytes) -> list[tuple[str, bytes | None, object]]:
    path = tmp_path / "sent"
    path.write_bytes(content)
    return [
        (one.where.removeprefix(f"{path}"), one.record.value, one.record.headers)
        for one in read_sent_files([path])
    ]


@pytest.mark.parametrize("content", [RAW, json.dumps(OUTPUT, indent=2).encode(), b"[1, 2]", b"x\n"])
def test_a_file_of_one_value_is_one_record_with_its_own_bytes(
    tmp_path: Path, content: bytes
) -> None:
    assert _read(tmp_path, content) == [("", content, ())]


def test_lines_are_a_record_each_and_a_broken_one_too(tmp_path: Path) -> None:
    content = RAW + b"\r\n\n" + b"{broken\n" + RAW
    assert _read(tmp_path, content) == [(":1", RAW, ()), (":3", b"{broken", ()), (":4", RAW, ())]


@pytest.mark.parametrize(
    "dumped",
    [
        {"headers": CODED_HEADERS, "value_base64": CODED},
        {"headers": dict(CODED_HEADERS), "value_base64": CODED},
        {
            "letter": {"topic": "x.intake.dead-letters", "partition": 0},
            "payload": {
                "key": None,
                "value": CODED,
                "headers": [*CODED_HEADERS, ["dl_id", CODED], ["dl_reason", CODED]],
            },
        },
        {
            "topic": "model-outputs", "partition": 1, "offset": 7, "ts": 3, "key": None,
            "headers": ["ce_id", "o-1", "ce_source", "/m"], "payload": RAW.decode(),
        },
    ],
)  # fmt: skip
def test_a_dumped_record_is_itself_again_with_its_headers(
    tmp_path: Path, dumped: dict[str, object]
) -> None:
    assert _read(tmp_path, json.dumps(dumped).encode()) == [("", RAW, HEADERS)]


def test_what_only_looks_dumped_is_an_output(tmp_path: Path) -> None:
    content = json.dumps({"value_base64": 5, "headers": [[1]]}).encode()
    assert _read(tmp_path, content) == [("", content, ())]


def test_a_file_that_is_not_there_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="missing: No such file or directory: name a file of"):
        read_sent_files([tmp_path / "missing"])


def test_each_record_has_a_place_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(RAW + b"\n" + RAW)
    assert [one.record.offset for one in read_sent_files([path, path])] == [0, 1, 2, 3]
