"""Counts of two builds stand beside each other, the second over the first."""

from bench.counts import SIZES, WHAT, sheets

BEFORE = dict.fromkeys(WHAT, 4.0)
NOW = dict.fromkeys(WHAT, 1.0)


def by_size(counts: dict[str, float]) -> dict[str, dict[str, dict[str, float]]]:
    return {"qa": dict.fromkeys(SIZES, counts)}


def test_two_builds_stand_side_by_side() -> None:
    large, small = sheets({"before": by_size(BEFORE), "now": by_size(NOW)})

    assert ["qa", "Redis writes", "4", "1", "0.25"] in large.rows
    assert large.columns == small.columns == ["service", "of a record", "before", "now", "ratio"]


def test_one_build_stands_alone() -> None:
    large, _ = sheets({"now": by_size(NOW)})

    assert large.columns == ["service", "of a record", "now"]
    assert all(len(row) == len(large.columns) for row in large.rows)
