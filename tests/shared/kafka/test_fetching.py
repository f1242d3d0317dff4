"""It gathers while records come, and rests once none did for a while."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from shared.contracts.topics import RESPONSES, ROUTER_TIMERS
from shared.kafka import fetching
from shared.kafka.fetching import GATHER, REST, Fetching, Wait
from shared.kafka.progress import SAMPLE_SECONDS
from tests.shared.kafka.consuming import Running, Script, consuming
from tests.support.cluster import Kafka
from tests.support.processes import make_topics, producing, until


@pytest.fixture
def consumer() -> Any:
    """A consumer as far as it is led."""
    fetcher = SimpleNamespace(_fetch_min_bytes=GATHER.bytes_min, _fetch_max_wait_ms=GATHER.ms)
    return SimpleNamespace(_fetcher=fetcher)


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "QUIET_SECONDS", 0.01)


def asked(consumer: Any) -> Wait:
    return Wait(consumer._fetcher._fetch_min_bytes, consumer._fetcher._fetch_max_wait_ms)


@pytest.mark.usefixtures("_soon")
async def test_once_nothing_came_for_a_while_it_rests(consumer: Any) -> None:
    Fetching(lambda: consumer).rest_soon()
    before = asked(consumer)

    await until(lambda: asked(consumer) == REST)
    assert before == GATHER


@pytest.mark.usefixtures("_soon")
async def test_what_comes_has_the_next_question_gather(consumer: Any) -> None:
    led = Fetching(lambda: consumer)
    led.rest_soon()
    await until(lambda: asked(consumer) == REST)
    led.gather()

    assert asked(consumer) == GATHER


@pytest.mark.usefixtures("_soon")
async def test_it_does_not_rest_while_a_batch_is_handled(consumer: Any) -> None:
    led, other = Fetching(lambda: consumer), SimpleNamespace(_fetcher=SimpleNamespace())
    led.rest_soon()
    led.gather()
    Fetching(lambda: other).rest_soon()
    await until(lambda: vars(other._fetcher))

    assert asked(consumer) == GATHER


@pytest.mark.usefixtures("_soon")
async def test_a_broker_that_looks_seldom_is_asked_as_ever(consumer: Any) -> None:
    consumer._fetcher._fetch_max_wait_ms = 0
    Fetching(lambda: consumer, rest=GATHER).rest_soon()

    await until(lambda: asked(consumer) == GATHER)


@pytest.mark.usefixtures("_soon")
async def test_a_service_that_nobody_waits_for_gathers_longer(consumer: Any) -> None:
    Fetching(lambda: consumer, gather_ms=250).gather()

    assert asked(consumer) == Wait(GATHER.bytes_min, 250)


def test_at_rest_a_watermark_is_about_a_second_behind_and_no_more() -> None:
    assert 2 * REST.ms / 1000 + SAMPLE_SECONDS < 1.1


@pytest.fixture
def topic(kafka: Kafka, prefix: str) -> str:
    make_topics(kafka, prefix, [RESPONSES, ROUTER_TIMERS])
    return prefix + RESPONSES.name


@pytest.fixture
def long_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """At rest a broker waits so long that nobody waits for that in vain unseen."""
    monkeypatch.setattr(fetching, "REST", Wait(1, 30_000))


async def _rests(running: Running) -> None:
    """The question that is on its way is a patient one: none has been answered for long."""
    await until(lambda: _is_patient(running) and _asked_at(running) < time.time() * 1000 - 500)


def _is_patient(running: Running) -> bool:
    consumer: Any = running.consumer._consumer
    return bool(asked(consumer) == fetching.REST)


def _asked_at(running: Running) -> int:
    return max((seen.polled_ms for seen in running.consumer.progress.samples().values()), default=0)


@pytest.mark.real_kafka
@pytest.mark.usefixtures("long_rest")
async def test_a_record_that_comes_at_rest_is_heard_of_at_once(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    script = Script()
    async with consuming(kafka, prefix, script) as running, producing(kafka) as producer:
        for count, partition in enumerate((3, 3, 5), start=1):
            await _rests(running)
            await producer.send_and_wait(topic, b"v", partition=partition)
            await _handled(script, count)


@pytest.mark.real_kafka
@pytest.mark.usefixtures("long_rest")
async def test_what_comes_while_a_batch_is_handled_waits_for_no_patient_answer(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    script = Script()
    async with consuming(kafka, prefix, script) as running, producing(kafka) as producer:
        await _rests(running)
        script.going.clear()
        for partition in (3, 3, 4, 3):
            await producer.send_and_wait(topic, b"v", partition=partition)
            await until(lambda: script.taken)
            await _asked_again(running)
        script.going.set()
        await _handled(script, 4)


async def _handled(script: Script, count: int) -> None:
    await until(lambda: script.handled == count)


async def _asked_again(running: Running) -> None:
    """Longer after than it takes until a consumer rests."""
    before = _asked_at(running)
    await until(lambda: _asked_at(running) > before + 500)
