"""A service as a process: put together, started, watched, stopped in good order."""

import asyncio
import contextlib
import signal
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector

from shared.connect.environment import give_up, setting, unknown
from shared.connect.settings import ServiceSettings, Settings, of_others, settings_of
from shared.connect.upstreams import Upstreams, patiently, patiently_for, redis_of
from shared.contracts.errors import SettingError
from shared.contracts.topics import DEAD_LETTERS, Names
from shared.kafka import internals
from shared.kafka.batches import Batches
from shared.kafka.consumer import Consumer, Handling
from shared.kafka.incarnations import Incarnations
from shared.kafka.log import KafkaLog
from shared.kafka.producer import KafkaPublisher
from shared.kafka.watermark import Watermarks
from shared.observe import logs
from shared.observe.garbage import look_seldom
from shared.observe.health import Health, HealthServer, Stuck
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import SystemClock
from shared.pattern.dependencies import Dependencies
from shared.pattern.pipeline import Limits, Pipeline
from shared.pattern.service import Service
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp, Waits
from shared.recovery.sweep import Pace, Sweeper
from shared.state import version
from shared.state.commit import RedisStore

log = structlog.get_logger()

AWAY = 1
"""Exit code of a process that could not be started, or a part of which ended by itself."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the runtime gives a service when it is built.

    `read_until`: for a partition, the time up to which every response was handled.
    """

    names: Names
    read_until: Callable[[int], datetime]
    registry: CollectorRegistry


Build = Callable[[Settings, Runtime], Service]


def run(kind: type[Settings], build: Build[Settings]) -> None:
    """Run a service until it is told to stop; ends the process."""
    try:
        settings = settings_of(kind)
    except SettingError as failure:
        give_up(failure)
    logs.configure(service=settings.service, level=settings.log_level)
    _warn_of_unknown(kind)
    internals.read_any_header_name()
    look_seldom()
    try:
        code = asyncio.run(_main(settings, build))
    except SettingError as failure:
        give_up(failure, AWAY)
    sys.exit(code)


def _warn_of_unknown(kind: type[ServiceSettings]) -> None:
    """A setting with a typing error in its name would else be its default without a word."""
    for name, near in unknown(kind, of_others(kind)).items():
        said = {"perhaps": near} if near else {}
        log.warning("a setting nothing reads", name=name, **said)


async def _main(settings: Settings, build: Build[Settings]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    process = Process(settings, build)
    server = HealthServer(process.health, process.registry)
    port = setting(type(settings), "http_port")
    bound = server.bind(settings.http_host, settings.http_port, named=port)
    serving = asyncio.create_task(server.serve(bound))
    watching = asyncio.create_task(process.health.watch())
    working = asyncio.create_task(process.work())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return _ended(working)
        return await _stop(process, working, settings.stop_seconds)
    finally:
        watching.cancel()
        server.stop()
        await serving


def _ended(working: "asyncio.Task[None]") -> int:
    """The work ended by itself: it could not start, or has a fault."""
    failure = working.exception()
    if isinstance(failure, SettingError):
        raise failure
    if failure is not None:
        log.error("a bug", error=type(failure).__name__, where=logs.where(failure))
    return AWAY


async def _stop(process: "Process", working: "asyncio.Task[None]", seconds: float) -> int:
    log.info("stopping")
    try:
        async with asyncio.timeout(seconds):
            await process.drain(seconds / 2)
            await _cancelled(working)
            await process.close()
    except TimeoutError:
        log.error(  # noqa: TRY400 - nothing failed
            "the stop took too long; what is unsettled will be settled by others"
        )
        return AWAY
    log.info("stopped")
    return 0


async def _cancelled(working: "asyncio.Task[None]") -> None:
    """Cancel until it holds: a cancellation that meets a timeout of its own can be swallowed."""
    while not working.done():
        working.cancel()
        await asyncio.wait({working}, timeout=0.5)


class Process:
    """The parts of one process and how they hang together."""

    def __init__(self, settings: Settings, build: Build[Settings]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._settings = settings
        self._marks = Watermarks(
            skew_seconds=settings.clock_skew_seconds, prefix=settings.topic_prefix
        )
        given = Runtime(settings.names, self._marks.read_until, self.registry)
        self.service = build(settings, given)
        self._metrics = PatternMetrics(self.service.name, self.registry, self.service.names)
        self._topics = _topics_of(self.service)
        self._redis = redis_of(settings)
        self._store = RedisStore(self._redis)
        self._outside = Upstreams(settings, self._topics)
        self._incarnations = Incarnations(settings)
        self._publishers = [
            KafkaPublisher(settings, purpose=purpose)
            for purpose in ("sweeps", *(f"outcomes-{n}" for n in range(self.service.pipelines)))
        ]
        self._catch_up = self._caught_up_by()
        self._pipelines = self._piped()
        self._consumer = self._consumed()
        self._sweeper = self._swept()
        self._agreeing: asyncio.Task[None] | None = None
        self.health = self._healthy()

    async def work(self) -> None:
        """Start, then consume and sweep; returns only by an error or by being cancelled."""
        await self._outside.wait()
        refusal, service = self._outside.refusal, self.service
        await patiently(
            lambda: version.check_before_start(self._redis, service.card, service.root), refusal
        )
        await patiently(self._store.prepare, refusal)
        await patiently(lambda: self._store.epoch(service.root), refusal)
        await patiently(lambda: self._incarnations.read(self._topics, self._redis), refusal)
        self._agreeing = asyncio.create_task(self._incarnations.keep(self._redis))
        await self._catch_up.whole()
        await patiently(lambda: self._incarnations.agree(self._redis), refusal)
        await self._join()
        log.info("consuming", topics=len(service.card.consumes))
        await self._sweep()

    async def _sweep(self) -> None:
        """Sweep until cancelled; what must be changed before we go on ends us in good order."""
        try:
            await self._sweeper.run(lambda: False)
        except SettingError:
            seconds = self._settings.stop_seconds
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.drain(seconds / 2)
                    await self.close()
            raise

    async def _join(self) -> None:
        """Join the group; SettingError with the fix where that takes longer than a start may."""
        settings = self._settings
        await patiently_for(
            self._consumer.start,
            seconds=settings.start_seconds,
            fix=f"cannot join the consumer group {settings.group} within"
            f" {settings.start_seconds:.0f} s: give its user the right to read the group and its"
            f" topics, or see that the brokers at {settings.kafka_bootstrap_servers} are well",
            refusal=self._outside.refusal,
        )

    async def drain(self, seconds: float) -> None:
        """Take no further batch; the one in flight is settled and acknowledged, or dropped."""
        await self._consumer.drain(seconds)

    async def close(self) -> None:
        """Leave the group and disconnect."""
        if self._agreeing:
            await _cancelled(self._agreeing)
        await self._consumer.stop()
        for publisher in self._publishers:
            await publisher.close()
        await self._outside.close()
        await self._redis.aclose()

    # --- parts ---------------------------------------------------------------------------------

    def _dependencies(self, publisher: KafkaPublisher) -> Dependencies:
        return Dependencies(self.service, self._store, publisher, SystemClock(), self._metrics)

    def _caught_up_by(self) -> CatchUp:
        settings = self._settings
        reader = KafkaLog(settings, names=self.service.names, incarnations=self._incarnations)
        return CatchUp(
            self._dependencies(self._publishers[0]),
            reader,
            token=lambda: f"{settings.member}-{uuid.uuid4().hex}",
            waits=Waits(quiet=settings.epoch_quiet_seconds),
        )

    def _piped(self) -> SideBySide:
        limits = Limits(publish_seconds=self._settings.publish_seconds)
        _, *outcomes = self._publishers
        return SideBySide([Pipeline(self._dependencies(one), limits) for one in outcomes])

    def _consumed(self) -> Consumer:
        batches = Batches(self._pipelines, self._catch_up, SystemClock())
        handling = Handling(batches, self._metrics, self._marks, self._incarnations)
        return Consumer(self.service, self._settings, handling)

    def _swept(self) -> Sweeper:
        settings = self._settings
        return Sweeper(
            self._dependencies(self._publishers[0]),
            catch_up=self._catch_up,
            pipelines=self._pipelines,
            held=self._marks,
            pace=Pace(settings.sweep_seconds, settings.unsettled_seconds),
        )

    def _healthy(self) -> Health:
        return Health(
            self._metrics,
            probes={
                "Redis does not answer": self._outside.redis_answers,
                "Redis takes no writes": self._redis_writes,
                "Kafka does not answer": self._outside.kafka_answers,
                "state is being made whole": self._whole,
                "nothing is consumed yet": self._consuming,
            },
            tasks={
                "consumer": self._consumer.alive,
                "agreement on incarnations": self._agrees,
                **{f"producer of {p.purpose}": p.alive for p in self._publishers},
            },
            stuck=Stuck(
                self._consumer.progress.lag,
                self._consumer.progress.handled,
                self._settings.stuck_seconds,
            ),
        )

    def _agrees(self) -> bool:
        return self._agreeing is None or not self._agreeing.done()

    async def _redis_writes(self) -> bool:
        return await self._outside.redis_takes_writes(self.service.root)

    async def _whole(self) -> bool:
        """Redis is asked too: after its restart a process that has nothing to do meets no slot."""
        return self._metrics.is_whole and await self._store.epoch(self.service.root) is not None

    async def _consuming(self) -> bool:
        return self._consumer.consuming


def _topics_of(service: Service) -> Mapping[str, int]:
    """Names of the topics it reads and writes, and their partitions."""
    card = service.card
    timers = () if card.timers is None else (card.timers,)
    rows = (*card.consumes, *card.also_folds, *card.tells, *timers, card.journal)
    return {service.names.of(row): row.partitions for row in (*rows, DEAD_LETTERS[service.name])}
