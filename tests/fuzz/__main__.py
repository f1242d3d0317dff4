"""Feeds intake broken outputs and prints what became of them; exits 1 if one met a bug."""

import argparse
import logging
import sys
import time
from collections import Counter

import structlog
from rich.console import Console
from rich.table import Table

from tests.fuzz.feeding import a_checker, feed, fixtures, resident_mib

CHUNK = 10_000


def main() -> int:
    """Feed the inputs of these seeds; 1 if one of them met a bug."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many (100,000)")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first (0)")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    checker, payloads = a_checker(), fixtures()
    counts: Counter[str] = Counter()
    bugs: list[int] = []
    end, began, memory = asked.first + asked.inputs, time.monotonic(), [resident_mib()]
    for first in range(asked.first, end, CHUNK):
        fed = feed(range(first, min(first + CHUNK, end)), checker, payloads)
        counts.update(fed.counts)
        bugs += fed.bugs
        memory.append(resident_mib())
        rate = sum(counts.values()) / (time.monotonic() - began)
        fed_and_rate = f"{sum(counts.values()):>9,} fed, {rate:,.0f}/s"
        print(f"{fed_and_rate}, {memory[-1]:.0f} MiB, {len(bugs)} bugs", file=sys.stderr)
    _print(counts, memory)
    for seed in bugs[:20]:
        print(f"a bug: python -m tests.fuzz --first {seed} --inputs 1")
    return 1 if bugs else 0


def _print(counts: Counter[str], memory: list[float]) -> None:
    table = Table("what became of it", "inputs", box=None)
    table.columns[1].justify = "right"
    for name, count in counts.most_common():
        table.add_row(name, f"{count:,}")
    Console(highlight=False).print(table)
    print(
        f"memory: {memory[0]:.0f} MiB at first, {max(memory):.0f} at most, {memory[-1]:.0f} at last"
    )


if __name__ == "__main__":
    sys.exit(main())
