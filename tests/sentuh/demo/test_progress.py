"""When a run is over: all decided, every seat ended, every answer payable, none counted twice."""

import json
from pathlib import Path

import pytest

from sentuh.demo.parts import CATALOG, catalog
from sentuh.demo.progress import Counts, ServiceHealth, count_sent
from services.intake.catalog import load
from shared.contracts.record import Record


def a_record(kind: str, event_id: str, **body: object) -> Record:
    headers = (("ce_type", kind.encode()), ("ce_id", event_id.encode()))
    return Record("topic", 0, 0, b"key", json.dumps(body).encode(), headers, 0)


def counted(*records: Record, sent: int = 0) -> Counts:
    counts = Counts(sent=sent)
    for record in records:
        counts.take(record)
    return counts


OFFERED = a_record("assignment.offered.v1", "o", assignment_id="a-1")
ANSWERED = a_record("assignment.answered.v1", "n", assignment_id="a-1", late=False)
LATE = a_record("assignment.answered.v1", "l", assignment_id="a-1", late=True)
EXPIRED = a_record("assignment.expired.v1", "e", assignment_id="a-1")
VERDICT = a_record("verdict.reached.v1", "v")
ACCRUED = a_record("earning.accrued.v1", "line")
CONFIRMED = a_record("earning.confirmed.v1", "line")
WHOLE = (OFFERED, ANSWERED, VERDICT, ACCRUED, CONFIRMED)


def test_a_run_is_complete_when_all_is_decided_ended_and_payable() -> None:
    assert counted(*WHOLE, sent=1).complete()


def test_a_run_that_lacks_anything_is_not_complete() -> None:
    for lacking in (ANSWERED, VERDICT, ACCRUED, CONFIRMED):
        there = [record for record in WHOLE if record is not lacking]
        assert not counted(*there, sent=1).complete()


def test_a_late_answer_ends_no_seat() -> None:
    assert not counted(OFFERED, LATE, VERDICT, ACCRUED, CONFIRMED, sent=1).complete()
    assert counted(OFFERED, EXPIRED, LATE, VERDICT, ACCRUED, CONFIRMED, sent=1).complete()


def test_a_record_that_comes_twice_counts_once() -> None:
    counts = counted(*WHOLE, *WHOLE, sent=1)

    assert counts.decided == 1
    assert counts.answers == 1
    assert counts.paid == 1


def test_a_dead_letter_is_an_end_too() -> None:
    dead_letter = Record("topic", 0, 0, b"", b"", (("dl_id", b"x"),), 0)

    assert counted(dead_letter, sent=1).complete()


def test_what_was_sent_twice_counts_once_and_half_a_line_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sent.jsonl"
    assert count_sent(path) == 0
    line = json.dumps({"source": "/m", "id": "1"}) + "\n"
    path.write_text(line + line + line.replace('"1"', '"2"') + line[:7])

    assert count_sent(path) == 2


@pytest.mark.parametrize(
    ("answers", "well"),
    [
        ([("/live", 200), ("/ready", 200)], False),
        ([("/live", 200), ("/ready", 200), ("/metrics", 200)], True),
        ([("/live", 200), ("/ready", 200), ("/metrics", 200), ("/ready", 503)], False),
    ],
)
def test_health_is_well_only_while_every_path_answers(
    answers: list[tuple[str, int]], well: bool
) -> None:
    health = ServiceHealth("qa")
    for path, status in answers:
        health.take(path, status, "# HELP a\na 1\nb 2\n")

    assert health.well is well


def test_the_demos_catalog_differs_in_times_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(catalog(CATALOG.read_text()))
    mine, theirs = load(path), load(CATALOG)

    assert mine.skills == theirs.skills
    assert mine.rate_cards == theirs.rate_cards
    for name, row in mine.task_types.items():
        assert (
            row.model_copy(update={"times": theirs.task_types[name].times})
            == (theirs.task_types[name])
        )
        assert row.times.accept_seconds + row.times.answer_seconds <= 15
