"""Redis taken back in time or emptied, and a watch that nothing is committed until it is whole."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgpack
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.faults.stage import Stage

LOOK_SECONDS = 0.1
OPEN_SECONDS = 600.0


def slots(url: str) -> frozenset[str]:
    """Every slot of every service that has an epoch written beside its data."""
    with _client(url) as client:
        return frozenset(key.removesuffix(":epoch") for key in _keys(client, "*:epoch"))


def unsettled(url: str) -> dict[str, int]:
    """Outcomes committed and not settled, by slot."""
    with _client(url) as client:
        found = {key: int(client.zcard(key)) for key in _keys(client, "*:unsettled")}
    return {key: count for key, count in found.items() if count}


def forget_outcomes(url: str) -> int:
    """Delete every outcome; returns how many there were."""
    with _client(url) as client:
        return sum(int(client.delete(key)) for key in _keys(client, "*:outcome:*"))


def handled(url: str, service: str) -> Mapping[str, int]:
    """`topic:partition` of a service's inputs and journal: the offset after the last done with."""
    found: dict[str, int] = {}
    with _client(url) as client:
        for key in _keys(client, f"{{{service}*:markers"):
            for name, offset in client.hgetall(key).items():
                found[name.decode()] = max(found.get(name.decode(), 0), int(offset))
    return found


def command(url: str, *words: str) -> object:
    """Have the server do this."""
    with _client(url) as client:
        return client.execute_command(*words)


def refusals(url: str, name: str) -> int:
    """How often the server has refused a command for this reason."""
    with _client(url) as client:
        found = client.info("errorstats").get(f"errorstat_{name}", {})
    return int(found.get("count", 0))


def empty(stage: Stage) -> None:
    """Everything is gone; the server runs on."""
    with _client(stage.valkey.url) as client:
        client.flushall()


def copy(stage: Stage) -> None:
    """Put a copy of the append-only directory aside, as a backup does, while the server runs."""
    older = stage.site.home / "older"
    shutil.rmtree(older, ignore_errors=True)
    shutil.copytree(stage.valkey.data, older)


def take_back(stage: Stage) -> None:
    """Kill the server and let it start from the copy."""
    stage.valkey.kill()
    shutil.rmtree(stage.valkey.data)
    shutil.copytree(stage.site.home / "older", stage.valkey.data)
    stage.valkey.start()


@dataclass
class Watch:
    """What was seen while slots were closed; `committed` and `ready` must stay empty.

    A slot that is closed before a look and after it was closed during all of it. `unready` are the
    processes that said so meanwhile, `ready` those that took it back too soon.
    """

    stage: Stage
    slots: frozenset[str]
    committed: set[str] = field(default_factory=set)
    ready: set[str] = field(default_factory=set)
    unready: set[str] = field(default_factory=set)
    seen_closed: set[str] = field(default_factory=set)
    _known: dict[str, set[str]] = field(default_factory=dict)

    async def until_open(self) -> None:
        """Look again and again until every slot is open; AssertionError if one stays closed."""
        began = time.monotonic()
        while left := await self._look():
            assert time.monotonic() - began < OPEN_SECONDS, f"still closed: {sorted(left)}"
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> set[str]:
        before, outcomes = await asyncio.to_thread(self._read)
        ready = await asyncio.gather(
            *(asyncio.to_thread(replica.ready) for replica in self.stage.replicas)
        )
        after, _ = await asyncio.to_thread(self._read)
        still = before & after
        self.seen_closed |= still
        for slot in still:
            known = self._known.setdefault(slot, outcomes[slot])
            self.committed |= outcomes[slot] - known
        for replica, is_ready in zip(self.stage.replicas, ready, strict=True):
            if f"{{{replica.service}}}" in still:
                self._noted(replica.name, is_ready=is_ready)
        return after

    def _noted(self, name: str, *, is_ready: bool) -> None:
        if not is_ready:
            self.unready.add(name)
        elif name in self.unready:
            self.ready.add(name)

    def _read(self) -> tuple[set[str], dict[str, set[str]]]:
        with _client(self.stage.valkey.url) as client:
            closed = {slot for slot in self.slots if not _open(client, slot)}
            outcomes = {slot: _keys(client, f"{slot}:outcome:*") for slot in closed}
        return closed, outcomes


def _open(client: Any, slot: str) -> bool:
    try:
        packed = client.fcall("sentuh_epoch", 1, slot, msgpack.packb([]))
    except redis.ResponseError:
        return False  # the library is not loaded, so nothing can be committed either
    return bool(msgpack.unpackb(packed)[0])


def _keys(client: Any, pattern: str) -> set[str]:
    return {key.decode() for key in client.scan_iter(pattern, count=1000)}


def _client(url: str) -> Any:
    """A client that waits for a server which still loads what it had."""
    return redis.Redis.from_url(url, socket_timeout=5, retry=Retry(ConstantBackoff(0.1), 300))
