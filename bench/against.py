"""This build and another in turn, on one broker and a Redis of its own for each: `--against DIR`.

Pairs are interleaved, and the order changes from pair to pair: what the machine does meanwhile
meets both. What is measured of a build is made and run by that build's own code
(`bench.side`): its services, its inputs, its people.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import by_format
from bench.counts import counted
from bench.machine import machine
from bench.sides import Side, commit_of, sides
from bench.throughput import Tell
from sentuh.embedded.servers import ApacheKafka, Valkey
from sentuh.embedded.wire import ask_redis

PARTS = ("counts", "weights", "services", "whole", "growth")
EVERY_PART = ("formats", *PARTS)
"""Pages of before may lack the formats."""
_WITHOUT_SERVERS = {"counts", "formats"}
WARM_RUNS = 2
GROWTHS_MAX = 3
"""Pairs of what takes minutes; each side of one measures five batches."""


@dataclass(frozen=True)
class Extent:
    """How much is measured: pairs, records of a service's run, tasks weighed, people and tasks
    among which growth is measured, services and parts.
    """

    pairs: int
    records: int
    weigh: int
    grow: int
    services: Sequence[str]
    parts: Sequence[str]


class Against:
    """Both builds, ready to be measured in turn."""

    def __init__(self, builds: Mapping[str, Side], places: Mapping[str, Any], tell: Tell) -> None:
        self._builds = builds
        self._places = places
        self._tell = tell

    def built(self) -> dict[str, Any]:
        """Of each build its commit, and how its interpreter was built."""
        return {name: _about(build) for name, build in self._builds.items()}

    def service(self, service: str, extent: Extent) -> dict[str, Any]:
        """Runs of one service's process, and after them catch-ups, both in pairs."""
        about = {"service": service, "records": extent.records}
        for name, build in self._builds.items():
            build.ask("station", place=self._places[name], **about)
        for number in range(WARM_RUNS):
            self._pair(f"{service}, to warm up {number + 1}", number, "run")
        measured = {
            "runs": self._pairs(service, extent.pairs, "run"),
            "catch_ups": self._pairs(f"{service}, catch-up", extent.pairs, "caught up"),
        }
        for build in self._builds.values():
            build.ask("leave")
        return measured

    def whole(self, extent: Extent) -> list[dict[str, Any]]:
        """All services together, in pairs."""
        return [self._placed(number, "turn", number=number) for number in range(extent.pairs)]

    def growth(self, extent: Extent) -> list[dict[str, Any]]:
        """CPU of an assignment among few and among many."""
        pairs = min(extent.pairs, GROWTHS_MAX)
        return [self._placed(number, "growth", many=extent.grow) for number in range(pairs)]

    def weights(self, extent: Extent) -> dict[str, Any]:
        """Bytes in Redis; they are the same each time."""
        return self._placed(0, "weights", count=extent.weigh)

    def _pairs(self, label: str, pairs: int, what: str) -> list[dict[str, Any]]:
        return [
            self._pair(f"{label}, pair {number + 1} of {pairs}", number, what)
            for number in range(pairs)
        ]

    def _pair(self, label: str, number: int, what: str) -> dict[str, Any]:
        """Have both do something; who begins changes."""
        measured = {}
        for name in self._order(number):
            self._tell(f"{label}, {name}")
            measured[name] = self._builds[name].ask(what)
        return measured

    def _placed(self, pair: int, what: str, **how: int) -> dict[str, Any]:
        """The same, of what needs to be told where."""
        measured = {}
        for name in self._order(pair):
            self._tell(f"{what}, pair {pair + 1}, {name}")
            measured[name] = self._builds[name].ask(what, place=self._places[name], **how)
        return measured

    def _order(self, number: int) -> list[str]:
        return sorted(self._builds, reverse=bool(number % 2))


def against(other: Path, extent: Extent, home: Path, tell: Tell) -> dict[str, Any]:
    """Measure both builds; return what is kept as JSON: by part, pairs of `before` and `now`."""
    kept: dict[str, Any] = {}
    if "counts" in extent.parts:
        kept["counts"] = counted(other, home, tell, extent.services)
    if "formats" in extent.parts:
        with sides(other, tell) as builds:
            kept["by_format"] = by_format.measured(builds, extent.pairs, tell)
            kept["built"] = {name: _about(build) for name, build in builds.items()}
    if _WITHOUT_SERVERS.issuperset(extent.parts):
        return kept
    with ExitStack() as stack:
        kafka = stack.enter_context(ApacheKafka(home / "kafka"))
        builds = stack.enter_context(sides(other, tell))
        places = {name: _place(stack, kafka, home, name) for name in builds}
        kept["machine"] = dict(machine(kafka.version, _version(places)))
        both = Against(builds, places, tell)
        kept["built"] = both.built()
        _measure(both, extent, kept)
    return kept


def _about(build: Side) -> dict[str, Any]:
    return {"commit": commit_of(build.root), **build.ask("interpreter")}


def _place(stack: ExitStack, kafka: ApacheKafka, home: Path, name: str) -> dict[str, Any]:
    """Start a Redis for one build; where it is, and where the broker is that both share."""
    valkey = stack.enter_context(Valkey(home / f"valkey-{name}"))
    return {
        "bootstrap": kafka.bootstrap,
        "kafka_pid": kafka.pid,
        "redis": valkey.url,
        "redis_pid": valkey.pid,
        "home": str(home),
        "label": name,
    }


def _version(places: Mapping[str, Mapping[str, Any]]) -> str:
    return ask_redis(str(places["now"]["redis"]))["valkey_version"]


def _measure(both: Against, extent: Extent, kept: dict[str, Any]) -> None:
    parts = extent.parts
    if "weights" in parts:
        kept["weights"] = both.weights(extent)
    if "services" in parts:
        kept["services"] = {name: both.service(name, extent) for name in extent.services}
    if "whole" in parts:
        kept["whole"] = both.whole(extent)
    if "growth" in parts:
        kept["growth"] = both.growth(extent)
