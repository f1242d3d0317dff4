"""Feeds broken outputs to intake's own reading, gate and decision; counts what becomes of them."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from sentuh.check import Checker
from services.intake.catalog import load
from services.intake.formats import FORMATS
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS
from tests.architecture.source import ROOT
from tests.fuzz.mutate import broken

OUTPUTS = ROOT / "tests" / "services" / "intake" / "formats" / "outputs"


class Fed(NamedTuple):
    """What became of some inputs: how many of each, and the seeds of those that met a bug."""

    counts: Counter[str]
    bugs: list[int]


def fixtures() -> list[Any]:
    """Return a payload in each format, those of real programs among them."""
    examples = [known.example for known in FORMATS.values()]
    return examples + [json.loads(path.read_text()) for path in sorted(OUTPUTS.glob("*.json"))]


def record_of(seed: int, payloads: list[Any]) -> Record:
    """Return the broken record of this seed; the same ever after for the same payloads."""
    chance = random.Random(seed)
    payload = chance.choice(payloads)
    if chance.random() < 0.5:
        payload = _in_envelope(payload, chance)
    return Record(MODEL_OUTPUTS.name, 0, seed, None, broken(payload, chance), (), 0, topic_id="f")


def _in_envelope(payload: Any, chance: random.Random) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "source": "/m", "id": "o-1", "response": payload, "request": "what is it?",
        "media": {"ref": "s3://calls/a.wav"},
        "task_type": chance.choice(("chat-check", "transcript-check", "sentiment")),
    }  # fmt: skip
    if chance.random() < 0.3:
        envelope["format"] = chance.choice(sorted(FORMATS))
    return envelope


def feed(seeds: Iterator[int] | range, checker: Checker, payloads: list[Any]) -> Fed:
    """Check the broken record of each seed; an error that escapes the error tree raises."""
    counts: Counter[str] = Counter()
    bugs = []
    for seed in seeds:
        checked = checker.check("", record_of(seed, payloads))
        counts[checked.reason or checked.became] += 1
        if checked.reason == "bug":
            bugs.append(seed)
    return Fed(counts, bugs)


def a_checker() -> Checker:
    """Return a checker under the shipped catalog."""
    return Checker(load(Path(ROOT / "deploy" / "catalog.yaml")))


def resident_mib() -> float:
    """Return the memory that this process holds, in MiB."""
    return float(psutil.Process().memory_info().rss) / 2**20
