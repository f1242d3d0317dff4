"""Two runs count the same, and a reading of the server counts itself out."""

import asyncio
from pathlib import Path

import pytest
import redis

from bench.counts import WHAT
from bench.side.called import Calls
from bench.side.meter import Meter
from bench.sides import HERE, Side, SideError
from sentuh.embedded.servers import Valkey
from shared.contracts.events.model import natural_id


def calls_of(times: int) -> int:
    with Calls() as calls:
        for number in range(times):
            natural_id("counted", str(number))
    return calls.count


def test_calls_are_counted_one_by_one() -> None:
    once = calls_of(2) - calls_of(1)

    assert once > 0
    assert calls_of(12) - calls_of(2) == 10 * once


async def test_the_server_says_what_it_was_asked(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        meter = Meter(valkey.url)
        before = meter.read()
        assert meter.since(before, records=1)["writes"] == 0

        before = meter.read()
        await asyncio.to_thread(redis.Redis.from_url(valkey.url).set, "key", "v" * 1000)
        counts = meter.since(before, records=1)

    assert counts["writes"] == 1
    assert counts["calls"] == 0
    assert 1000 < counts["received"] < 1500


def test_a_build_is_counted_in_a_process_of_its_own(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey, Side("now", HERE) as side:
        about = {"url": valkey.url, "service": "intake", "records": 30}
        first, second = side.ask("counts", **about), side.ask("counts", **about)
        with pytest.raises(SideError, match="no such work"):
            side.ask("no such work")

    assert set(first) == {"large", "small"}
    assert set(first["small"]) == set(WHAT)
    assert first["small"]["writes"] == second["small"]["writes"] > 1
    assert first["small"]["calls"] > first["large"]["calls"]
