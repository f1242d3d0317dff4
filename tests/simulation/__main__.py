"""Run seeds on all cores, then the mutants: `python -m tests.simulation --seeds N`."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.mutants import MUTANTS
from tests.simulation.schedule import SCENARIOS, Result, run_seed

CHUNK = 25


def run_chunk(scenario: str, seeds: Sequence[int]) -> list[Result]:
    """Run seeds one after the other."""
    return [run_seed(seed, SCENARIOS[scenario]) for seed in seeds]


def catch(number: int, seeds: int) -> tuple[str, int | None, str]:
    """The first seed that catches the mutant, and what was wrong in it."""
    mutant = MUTANTS[number]
    with mutant.applied() as rules:
        for seed in mutant.seeds(seeds):
            for scenario in mutant.scenarios:
                problems = run_seed(seed, SCENARIOS[scenario], rules).problems
                if problems:
                    return mutant.name, seed, f"{scenario}: {problems[0]}"
    return mutant.name, None, ""


def _results(pool: ProcessPoolExecutor, scenario: str, seeds: Sequence[int]) -> Iterator[Result]:
    """Results in the order of seeds; tells how far it has come."""
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    jobs = [pool.submit(run_chunk, scenario, chunk) for chunk in chunks]
    for number, job in enumerate(jobs, start=1):
        yield from job.result()
        sys.stderr.write(f"\r{scenario}: {min(number * CHUNK, len(seeds))} of {len(seeds)} seeds ")
        sys.stderr.flush()
    sys.stderr.write("\r")


def _tell(result: Result, scenario: str) -> None:
    sys.stdout.write(f"\n{scenario}, " + "\n  ".join(result.lines()) + "\n")


def main() -> int:
    """Run; exit 1 if a seed went wrong or a mutant was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many, dealt out in turn")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="only this one's share of them")
    parser.add_argument("--mutant-seeds", type=int, default=1000, help="seeds to catch a mutant in")
    given = parser.parse_args()
    bad = 0
    with ProcessPoolExecutor() as pool:
        for turn, scenario in enumerate(SCENARIOS):
            if given.scenario not in (None, scenario):
                continue
            seeds = range(given.first + turn, given.first + given.seeds, len(SCENARIOS))
            bad += _scenario(pool, scenario, seeds)
        bad += _mutants(pool, given.mutant_seeds)
    return 1 if bad else 0


def _scenario(pool: ProcessPoolExecutor, scenario: str, seeds: Sequence[int]) -> int:
    started, fired, bad, steps = time.monotonic(), Counter[str](), 0, 0
    for result in _results(pool, scenario, seeds):
        fired += result.fired
        steps += result.steps
        if result.problems:
            bad += 1
            _tell(result, scenario)
    kinds = ", ".join(f"{name} {count}" for name, count in fired.most_common())
    took = time.monotonic() - started
    sys.stdout.write(
        f"{scenario}: {len(seeds)} seeds, {bad} wrong, {steps:,} steps, {took:.0f} s\n"
    )
    sys.stdout.write(f"  faults fired: {kinds}\n")
    return bad


def _mutants(pool: ProcessPoolExecutor, seeds: int) -> int:
    missed = 0
    if not seeds:
        return 0
    for name, seed, problem in pool.map(catch, range(len(MUTANTS)), [seeds] * len(MUTANTS)):
        missed += seed is None
        said = f"caught by seed {seed}: {problem[:110]}" if seed is not None else "NOT CAUGHT"
        sys.stdout.write(f"  without a rule: {name}: {said}\n")
    return missed


if __name__ == "__main__":
    sys.exit(main())
