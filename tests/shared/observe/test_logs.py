"""Logs are JSON, never quote a record, and do not flood."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from shared.observe import logs

WORDS = "the worker's own words"


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged from now on, read back."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    logs.configure(service="payout", level="info", stream=written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers, root.level = before


def test_a_line_has_service_time_and_its_fields(lines: Lines) -> None:
    structlog.get_logger().info("assigned", partitions=3)

    (line,) = lines()
    assert line["event"] == "assigned"
    assert line["partitions"] == 3
    assert line["service"] == "payout"
    assert line["at"].endswith("Z")


@pytest.mark.parametrize("ours", [True, False])
def test_an_exception_is_its_type_and_place_alone(lines: Lines, ours: bool) -> None:
    log = structlog.get_logger() if ours else logging.getLogger("aiokafka.consumer")
    try:
        int(WORDS)
    except ValueError:
        log.exception("it failed")

    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["where"].startswith("tests.shared.observe.test_logs:")
    assert WORDS not in json.dumps(line)


def test_a_library_says_the_same_once_and_how_often(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, now = logging.getLogger("aiokafka.producer.sender"), [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    for number in range(450):
        log.error("Unable to connect to node %s", number)
    now[0] += logs.AGAIN_SECONDS
    log.error("Unable to connect to node %s", 1)
    structlog.get_logger().info("ours")
    structlog.get_logger().info("ours")

    assert [line["event"] for line in lines()] == [
        "Unable to connect to node 0",
        "Unable to connect to node 1 (and 449 more like it)",
        "ours",
        "ours",
    ]


def test_what_passes_by_itself_is_said_when_it_does_not(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, now = logging.getLogger("aiokafka.consumer.group_coordinator"), [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def fail_for(seconds: int) -> None:
        for _ in range(seconds):
            log.error("Group Coordinator Request failed: %s", "not available")
            now[0] += 1

    fail_for(5)
    now[0] += logs.PASSED_SECONDS
    fail_for(5)
    assert lines() == []

    fail_for(10)
    assert [line["level"] for line in lines()] == ["error"]
