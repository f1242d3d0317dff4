"""Hundreds of seeds of each scenario are clean, and each rule left out is caught."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.simulation.__main__ import catch, run_chunk
from tests.simulation.mutants import MUTANTS
from tests.simulation.schedule import SCENARIOS

SEEDS = {
    "till": 120,
    "payout alone": 120,
    "all services": 36,
    "every kind": 24,
    "what learns": 12,
    "golds among them": 12,
}
"""`make simulate` runs more; of all services together each takes a second or two."""
MUTANT_SEEDS = 1000


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_seeds_are_clean(scenario: str) -> None:
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        seeds = [range(first, SEEDS[scenario], 12) for first in range(12)]
        jobs = [pool.submit(run_chunk, scenario, part) for part in seeds]
        results = [result for job in jobs for result in job.result()]
    wrong = [result for result in results if result.problems]
    assert not wrong, "\n".join(wrong[0].lines())
    assert sum(sum(result.fired.values()) for result in results) > 5 * SEEDS[scenario]


@pytest.mark.parametrize("number", range(len(MUTANTS)), ids=[m.name for m in MUTANTS])
def test_each_rule_left_out_is_caught(number: int) -> None:
    name, seed, _ = catch(number, MUTANT_SEEDS)
    assert seed is not None, f"{MUTANT_SEEDS} seeds do not miss the rule: {name}"
