"""From measurements to medians, ratios pair by pair, and tables."""

import json

from bench.delay import Delays
from bench.figures import Figures, Measured, Spread, waits
from bench.growth import Grown
from bench.shared_work import Split
from bench.sheet import Sheet
from bench.state import Weight
from bench.tables import markdown, sheets
from bench.throughput import Run
from bench.weight import Weights
from bench.whole import Round, Whole

SERVICES = ("intake", "router", "qa", "payout")


def a_run(seconds: float, *, records: int = 100) -> Run:
    return Run(records, seconds, {"service": seconds, "redis": 0.1, "kafka": 0.2}, 2**20)


def a_relay(seconds: float) -> Run:
    return Run(100, seconds, {"relay": seconds})


def measured() -> Measured:
    pairs = [(a_run(4), a_relay(1)), (a_run(2), a_relay(1)), (a_run(8), a_relay(4))]
    return Measured.of("qa", pairs, [a_run(1)] * 3)


def a_pair(kafka: float, redis: float) -> tuple[dict[str, float], dict[str, float]]:
    """What one process costs the servers, and what two do."""
    return {"kafka": 40.0, "redis": 60.0}, {"kafka": kafka, "redis": redis}


def figures() -> Figures:
    burst = Round(10, 2.0, [0.1] * 10, {"qa": 0.01})
    weight = Weight(live=100, outcomes=40, notes=7)
    each = dict.fromkeys(SERVICES, weight)
    return Figures(
        machine={"cores": "2"},
        services=[measured()],
        whole=Whole(
            [burst, burst],
            burst,
            Delays(20.0, [0.02] * 10, [0.01] * 10),
            dict.fromkeys(SERVICES, 50 * 2**20),
        ),
        weights=Weights(each, each, weight),
        grown=[Grown("waiting tasks", 1_000, 100_000, [(400.0, 500.0), (400.0, 440.0)])],
        seconds=12.0,
        splits=[Split("qa", [a_pair(50, 70), a_pair(40, 40), a_pair(90, 90)])],
    )


def test_a_spread_is_median_lowest_and_highest() -> None:
    assert Spread.of([3.0, 1.0, 8.0]) == Spread(3.0, 1.0, 8.0)
    assert Spread.of([1200.0, 1000.0]).shown() == "1,100 (1,000–1,200)"


def test_a_ratio_is_that_of_its_pair() -> None:
    found = measured()

    assert found.rate == Spread(25.0, 12.5, 50.0)
    assert found.relay == Spread(100.0, 25.0, 100.0)
    assert found.ratio == Spread(0.5, 0.25, 0.5)


def test_what_was_there_before_is_not_weighed() -> None:
    before, after = Weight(1000, 10, 1), Weight(3000, 410, 201)

    assert after.over(before, 100) == Weight(20, 4, 2)


def test_waits_are_named_by_their_share() -> None:
    found = Round(100, 1.0, [number / 100 for number in range(1, 101)], {})

    assert waits(found) == {"p50": 0.5, "p95": 0.95}


def test_every_sheet_is_as_wide_as_its_columns() -> None:
    for sheet in sheets(figures()):
        assert isinstance(sheet, Sheet)
        assert all(len(row) == len(sheet.columns) for row in sheet.rows), sheet.title


def test_the_page_holds_every_table_and_the_json_is_plain() -> None:
    page = markdown(figures())

    assert page.count("\n## ") == len(list(sheets(figures())))
    assert "| qa | 25 (12–50) | 100 (25–100) | 0.500 (0.250–0.500) |" in page
    assert "| 100,000: 470 (440–500) | 1.18 (1.10–1.25) |" in page
    assert "| qa | 40 (40–40) | 50 (40–90) | 60 (60–60) | 70 (40–90) | 1.20 (0.80–1.80) |" in page
    assert json.loads(json.dumps(figures().plain()))["services"][0]["service"] == "qa"


def test_parts_that_were_not_measured_have_no_table() -> None:
    found = Figures({"cores": "2"}, [], None, None, [], 1.0)

    assert [sheet.title for sheet in sheets(found)] == ["Measured on"]
