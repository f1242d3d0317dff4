"""What the gate's bench counts is so: the truth it plants, its rivals, its page and its picture."""

from pathlib import Path

import numpy as np
import pytest

from bench import gate
from bench.gate_page import draw, page
from bench.gate_planted import CALIBRATED, drifting, steady_models, swapped
from bench.gate_rivals import at_best, binomial_tail, chosen_once, divergence, soonest
from bench.gate_rows import Case, row_of
from bench.gate_runs import EXACT, Trial
from services.intake.promise.bands import band_of
from services.intake.promise.thresholds import Promise

LOOSE = Promise(0.2)


def test_the_planted_truth_is_what_is_drawn() -> None:
    chance = np.random.default_rng(1)
    for planted in (*steady_models(0.05), drifting(3), swapped(0.1)):
        for point in (0.0, 0.99):
            confidence, wrong = planted.drawn(chance, np.full(20_000, point))
            truth = planted.truth_at(point)
            above = confidence >= 0.9
            assert truth.above[band_of(0.9)] == pytest.approx(above.mean(), abs=0.02)
            assert truth.wrong[band_of(0.9)] == pytest.approx((above & wrong).mean(), abs=0.02)


def test_a_threshold_chosen_once_is_that_of_the_exact_binomial() -> None:
    assert binomial_tail(1, 10, 0.1) == pytest.approx(0.9**10 + 10 * 0.1 * 0.9**9)
    early = [(band_of(0.97), False)] * 200 + [(band_of(0.5), True)] * 100
    chosen = chosen_once(early, Promise(0.05))
    assert chosen["from 0.9"] == chosen["from all"] == band_of(0.5) + 1
    assert chosen_once(early[:20], Promise(0.05)) == {}


def test_no_test_waives_more_than_the_best_and_none_notices_sooner_than_the_bound() -> None:
    truth = CALIBRATED.truth_at(0.0)
    known = truth.above[truth.safe(0.05)[0]]
    few, many = (at_best(truth, Promise(0.05), outputs, 0.05) for outputs in (1_000, 1_000_000))
    assert few < many < known
    assert divergence(0.05, 0.05) == 0
    assert soonest(0.2, 0.05, 500) < soonest(0.1, 0.05, 500)


def test_runs_come_to_a_line_a_page_and_a_picture(tmp_path: Path) -> None:
    cases = [Case(CALIBRATED, LOOSE, 1_500), Case(swapped(0.6), LOOSE, 1_500)]
    rows = [
        row_of(case, [Trial(case.planted, LOOSE, EXACT, seed).run(case.outputs) for seed in (1, 2)])
        for case in cases
    ]
    assert rows[0].kept == 2
    assert 0.3 < rows[0].waived < rows[0].best
    assert rows[1].swap is not None
    assert rows[1].swap.noticed == rows[1].swap.runs == 2
    bars = [bar for row in rows for bar in row.bars()]
    assert all(bar.met for bar in bars)
    written = page(rows, bars, 2)
    assert "| calibrated | 20% | 2 of 2 |" in written
    assert draw(tmp_path / "gate.png", rows).read_bytes().startswith(b"\x89PNG")


def test_a_run_is_the_same_each_time() -> None:
    first, second = (Trial(CALIBRATED, LOOSE, EXACT, 3).run(800) for _ in range(2))
    assert first == second


def test_every_case_can_be_told_from_the_others() -> None:
    names = [(case.name, case.promise.max_error) for case in gate.cases()]
    assert len(set(names)) == len(names)
