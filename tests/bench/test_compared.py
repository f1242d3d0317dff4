"""Two builds are held to bounds on medians of pairs; what was not measured has no row."""

from typing import Any

from bench.compared import NOISE, Compared, bounds, parts, sheets
from bench.counts import SIZES, WHAT
from bench.inside import SERVICES

PROCESSES = (*SERVICES, "redis", "kafka")


def a_stage(cpu: float) -> dict[str, Any]:
    shares = {"p50": 0.1, "p95": 0.2, "p99": 0.3}
    each = dict.fromkeys(PROCESSES, cpu)
    return {"outputs": 10, "cpu": each, "verdicts": shares, "offers": shares, "hop": shares}


def a_turn(cpu: float) -> dict[str, Any]:
    stages = {name: a_stage(cpu) for name in ("eight", "burst", "1", "10", "40")}
    rest = {"cpu": dict.fromkeys(PROCESSES, cpu), "resident": dict.fromkeys(SERVICES, 70.0)}
    return {"rest": rest, **stages}


def a_run(seconds: float) -> dict[str, Any]:
    cpu = {"service": seconds, "redis": 0.1, "kafka": 0.1}
    return {"records": 100, "seconds": seconds, "cpu": cpu, "redis": dict.fromkeys(WHAT, 1.0)}


def weights(live: int) -> dict[str, Any]:
    weight = {"live": live, "outcomes": 10, "notes": 0}
    return {"settled": {"qa": weight, "router": weight}, "worker": weight}


def counts(received: float) -> dict[str, Any]:
    of = dict.fromkeys(WHAT, received / 1000) | {"received": received}
    return {name: dict.fromkeys(SIZES, of) for name in SERVICES}


def about(commit: str) -> dict[str, str]:
    return {"commit": commit, "Python": "3.11.7", "Python built": "with PGO and LTO"}


def kept() -> dict[str, Any]:
    """This build needs half of the CPU of the one before, and twice the bytes of a task."""
    return {
        "counts": {"before": counts(4000), "now": counts(1500)},
        "machine": {"cores": "2"},
        "built": {"before": about("3626d28"), "now": about("4e1d0a7")},
        "whole": [{"before": a_turn(cpu), "now": a_turn(cpu / 2)} for cpu in (0.1, 0.3, 0.2)],
        "services": {
            name: {
                "runs": [{"before": a_run(2.0), "now": a_run(1.0)}],
                "catch_ups": [{"before": 100.0, "now": 99.0}],
            }
            for name in SERVICES
        },
        "growth": [
            {name: [{"costs": [(1.0, 2.0)]}, {"costs": [(1.0, 3.0)]}] for name in ("before", "now")}
        ],
        "weights": {"before": weights(500), "now": weights(1000)},
    }


def test_a_ratio_is_the_median_of_its_pairs() -> None:
    one = Compared("rate", before=[10.0, 20.0, 40.0], now=[15.0, 20.0, 120.0], least=1.4)

    assert (one.ratio.low, one.ratio.median, one.ratio.high) == (1.0, 1.5, 3.0)
    assert one.row() == ["rate", "≥ 1.40", "20", "20", "1.50 (1.00–3.00)", "held"]


def test_every_bound_must_hold() -> None:
    assert not Compared("bytes", [4000.0], [1900.0], most=0.5, absolute=1800).held
    assert Compared("bytes", [4000.0], [1700.0], most=0.5, absolute=1800).held
    assert Compared("nothing is promised", [1.0], [9.0]).row()[-1] == ""


def test_all_that_is_promised_has_a_row() -> None:
    rows = {row[0]: row for row in (one.row() for one in bounds(kept()))}

    assert rows["CPU of all processes for an output, at 10 a second, µs"][1:3] == [
        "≤ 0.50",
        "120,000",
    ]
    assert rows["records/s of router, one process"][4] == "2.00 (2.00–2.00)"
    assert rows["bytes to Redis for a router record"][1] == "≤ 0.40, now ≤ 1,800"
    assert rows["bytes in Redis of an open task"][-1] == "NOT HELD"
    assert [what for what, row in rows.items() if row[-1] != "held"] == [
        "bytes in Redis of an open task"
    ]


def test_what_is_not_to_be_worse_may_be_so_by_what_is_noise() -> None:
    measured = kept()
    measured["services"]["qa"]["catch_ups"] = [{"before": 100.0, "now": 100 * (1 - 2 * NOISE)}]
    rows = {row[0]: row[-1] for row in (one.row() for one in bounds(measured))}

    assert rows["catch-up of qa, events/s"] == "NOT HELD"
    assert rows["catch-up of router, events/s"] == "held"


def test_outputs_a_second_are_held_to_the_other_build_and_to_what_goes_without() -> None:
    by_format = {
        "formats": {"openai.chat": [{"before": 200.0, "now": 250.0}]},
        "within": {
            "a condition in the gate": [{"without": 200.0, "with": 210.0}],
            "redaction, of every output": [{"without": 200.0, "with": 400.0}],
        },
    }
    rows = {one.what: one.row() for one in bounds({"by_format": by_format})}

    chat = rows["outputs/s of intake, openai.chat"]
    assert (chat[2:4], chat[-1]) == (["5,000", "4,000"], "NOT HELD")
    assert rows["outputs/s of intake with a condition in the gate, to without"][-1] == "held"
    redacted = rows["outputs/s of intake with redaction, of every output, to without"]
    assert (redacted[1], redacted[-1]) == ("≥ 0.70", "NOT HELD")


def test_an_output_is_split_into_its_processes() -> None:
    split = {one.what: one for one in parts(kept())}

    assert split["in a burst: all processes"].before == [60_000.0, 180_000.0, 120_000.0]
    assert split["in a burst: own processes"].ratio.median == 0.5
    assert {f"at 1 a second: {name}" for name in (*SERVICES, "Redis", "Kafka")} <= set(split)


def test_parts_that_were_not_measured_have_no_row() -> None:
    assert list(bounds({"machine": {"cores": "2"}})) == []
    assert [sheet.title for sheet in sheets({})] == ["Bounds, now to before", "Measured on"]
    assert all(len(row) == len(sheet.columns) for sheet in sheets(kept()) for row in sheet.rows)
