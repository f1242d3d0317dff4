"""Makes metrics: each says what it means and what a rise means; closed labels, from 0 on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Made = TypeVar("Made", Counter, Gauge, Histogram)

FOREVER = (1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400)
"""Buckets of what people take, in seconds: up to a day."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One metric as it is exposed, for the page that is generated from these."""

    name: str
    kind: str
    meaning: str
    rise: str
    labels: Mapping[str, tuple[str, ...]]

    def exposed(self) -> tuple[str, ...]:
        """Names of its series: a histogram has three."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)


class Instruments:
    """The metrics of one part of a process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.rows: list[Instrument] = []

    def counter(self, name: str, meaning: str, rise: str, **labels: Iterable[str]) -> Counter:
        """Only rises; exposed as `<name>_total`."""
        values = self._row(f"{name}_total", "counter", (meaning, rise), labels)
        return _at_zero(Counter(name, meaning, list(values), registry=self._registry), values)

    def gauge(self, name: str, meaning: str, rise: str, **labels: Iterable[str]) -> Gauge:
        """A number of now."""
        values = self._row(name, "gauge", (meaning, rise), labels)
        return _at_zero(Gauge(name, meaning, list(values), registry=self._registry), values)

    def histogram(
        self,
        name: str,
        texts: tuple[str, str],
        buckets: Sequence[float],
        **labels: Iterable[str],
    ) -> Histogram:
        """A distribution; `texts` are meaning and rise."""
        values = self._row(name, "histogram", texts, labels)
        found = Histogram(
            name, texts[0], list(values), registry=self._registry, buckets=tuple(buckets)
        )
        return _at_zero(found, values)

    def _row(
        self, name: str, kind: str, texts: tuple[str, str], labels: Mapping[str, Iterable[str]]
    ) -> Mapping[str, tuple[str, ...]]:
        values = {label: tuple(one) for label, one in labels.items()}
        self.rows.append(Instrument(name, kind, *texts, labels=values))
        return values


def _at_zero(made: Made, labels: Mapping[str, tuple[str, ...]]) -> Made:
    """Every series is there before anything happens: a rate over its first rise is right."""
    for values in product(*labels.values()) if labels else ():
        made.labels(*values)
    return made
