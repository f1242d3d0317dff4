"""The options of a run of the demo."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `sentuh demo`; without `kafka` or `redis` the embedded server is used."""

    outputs: int
    workers: int
    seed: int
    rate: int
    kafka: str | None = None
    redis: str | None = None
    report: Path | None = None
    keep: bool = False
    json: bool = False
    stay: bool = False
