"""Makes metrics, each with its meaning, what a rise means, and a closed set of label values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Made = TypeVar("Made", Counter, Gauge, Histogram)

FOREVER = (1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400)
"""Histogram buckets for the time people take, in seconds: up to a day."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One metric as it is exposed; the page of all metrics is generated from these."""

    name: str
    kind: str
    meaning: str
    rise: str
    labels: Mapping[str, tuple[str, ...]]

    def exposed(self) -> tuple[str, ...]:
        """Return the names of its series: three for a histogram, one otherwise."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)


class Instruments:
    """The metrics of one part of a process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.rows: list[Instrument] = []

    def counter(self, name: str, meaning: str, rise: str, **labels: Iterable[str]) -> Counter:
        """Make a counter, which only rises; it is exposed as `<name>_total`.

        Raises ValueError for a name that ends in `_total` already.
        """
        if name.endswith("_total"):
            raise ValueError(f"{name}: leave _total out, which is added")
        values = self._row(f"{name}_total", "counter", (meaning, rise), labels)
        return _at_zero(Counter(name, meaning, list(values), registry=self._registry), values)

    def gauge(self, name: str, meaning: str, rise: str, **labels: Iterable[str]) -> Gauge:
        """Make a gauge, which shows the present value."""
        values = self._row(name, "gauge", (meaning, rise), labels)
        return _at_zero(Gauge(name, meaning, list(values), registry=self._registry), values)

    def histogram(
        self,
        name: str,
        texts: tuple[str, str],
        buckets: Sequence[float],
        **labels: Iterable[str],
    ) -> Histogram:
        """Make a histogram; `texts` are its meaning and what a rise means."""
        values = self._row(name, "histogram", texts, labels)
        histogram = Histogram(
            name, texts[0], list(values), registry=self._registry, buckets=tuple(buckets)
        )
        return _at_zero(histogram, values)

    def _row(
        self, name: str, kind: str, texts: tuple[str, str], labels: Mapping[str, Iterable[str]]
    ) -> Mapping[str, tuple[str, ...]]:
        values = {label: tuple(one) for label, one in labels.items()}
        self.rows.append(Instrument(name, kind, *texts, labels=values))
        return values


def _at_zero(made: Made, labels: Mapping[str, tuple[str, ...]]) -> Made:
    """Create every series of a metric, at 0.

    A series that appears only with its first event has no rise that a rate could show.
    """
    # Looking for a series takes a lock and 2 us in the client, for every event that is counted.
    vars(made)["labels"] = cache(made.labels)
    for values in product(*labels.values()) if labels else ():
        made.labels(*values)
    return made
