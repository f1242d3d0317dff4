"""It gathers while records come, and rests once none did for a while."""

from types import SimpleNamespace
from typing import Any

import pytest

from shared import fetching
from shared.fetching import GATHER, REST, Fetching, Wait
from shared.progress import SAMPLE_SECONDS
from tests.shared.runtime import until


@pytest.fixture
def consumer() -> Any:
    """A consumer as far as it is led."""
    fetcher = SimpleNamespace(_fetch_min_bytes=GATHER.bytes_min, _fetch_max_wait_ms=GATHER.ms)
    return SimpleNamespace(_fetcher=fetcher)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "QUIET_SECONDS", 0.01)


def asked(consumer: Any) -> Wait:
    return Wait(consumer._fetcher._fetch_min_bytes, consumer._fetcher._fetch_max_wait_ms)


async def test_once_nothing_came_for_a_while_it_rests(consumer: Any) -> None:
    Fetching(lambda: consumer).rest_soon()
    before = asked(consumer)

    await until(lambda: asked(consumer) == REST)
    assert before == GATHER


async def test_what_comes_has_the_next_question_gather(consumer: Any) -> None:
    led = Fetching(lambda: consumer)
    led.rest_soon()
    await until(lambda: asked(consumer) == REST)
    led.gather()

    assert asked(consumer) == GATHER


async def test_it_does_not_rest_while_a_batch_is_handled(consumer: Any) -> None:
    led, other = Fetching(lambda: consumer), SimpleNamespace(_fetcher=SimpleNamespace())
    led.rest_soon()
    led.gather()
    Fetching(lambda: other).rest_soon()
    await until(lambda: vars(other._fetcher))

    assert asked(consumer) == GATHER


async def test_a_broker_that_looks_seldom_is_asked_as_ever(consumer: Any) -> None:
    consumer._fetcher._fetch_max_wait_ms = 0
    Fetching(lambda: consumer, rest=GATHER).rest_soon()

    await until(lambda: asked(consumer) == GATHER)


def test_at_rest_a_watermark_is_about_a_second_behind_and_no_more() -> None:
    assert 2 * REST.ms / 1000 + SAMPLE_SECONDS < 1.1
