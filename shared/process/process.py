"""Puts the parts of one service process together, and starts and stops them in the right order."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector

from shared.connect.settings import Settings
from shared.connect.upstreams import Upstreams, patiently, patiently_for, redis_of
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import DEAD_LETTERS, Names
from shared.kafka.batches import Batches
from shared.kafka.consumer import Consumer, Handling
from shared.kafka.incarnations import Incarnations
from shared.kafka.log import KafkaLog
from shared.kafka.losses import Losses
from shared.kafka.producer import KafkaPublisher
from shared.kafka.watermark import Watermarks
from shared.observe.health import STILL_SECONDS, Health, Stuck
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import SystemClock
from shared.pattern.dependencies import Dependencies
from shared.pattern.limits import Limits
from shared.pattern.pipeline import Pipeline
from shared.pattern.service import Service
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp, Waits
from shared.recovery.sweep import Pace, Sweeper
from shared.state import version
from shared.state.commit import RedisStore
from shared.state.home import Home

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of the process that a service may use when it is built.

    `names` are the topics' names on the broker. `read_until` returns, for a partition number, a
    time up to which every response of a worker was handled. `registry` takes the service's metrics.
    Example: `build(settings, Runtime(names, read_until, registry))`.
    """

    names: Names
    read_until: Callable[[int], datetime]
    registry: CollectorRegistry


Build = Callable[[Settings, Runtime], Service]


class Process:
    """One process of a service, with all its parts: Kafka, Redis, pipelines, periodic work, health.

    `build` makes the service from its settings and a Runtime. Example:
    `await Process(settings, build).work()`.
    """

    def __init__(self, settings: Settings, build: Build[Settings]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._settings = settings
        self._marks = Watermarks(
            skew_seconds=settings.clock_skew_seconds, prefix=settings.topic_prefix
        )
        runtime = Runtime(settings.names, self._marks.read_until, self.registry)
        self.service = build(settings, runtime)
        self._metrics = PatternMetrics(self.service.name, self.registry, self.service.names)
        self._topics = _topics_of(self.service)
        self._redis = redis_of(settings)
        self._store = RedisStore(self._redis)
        self._home = Home(self._redis, self.service.root, settings.topic_prefix)
        self._upstreams = Upstreams(settings, self._topics)
        self._incarnations = Incarnations(settings)
        self._losses = Losses(self._redis, self.service.root, self._metrics)
        self._publishers = [
            KafkaPublisher(settings, purpose=purpose)
            for purpose in ("sweeps", *(f"outcomes-{n}" for n in range(self.service.pipelines)))
        ]
        self._catch_up = self._caught_up_by()
        self._pipelines = self._piped()
        self._consumer = self._consumed()
        self._sweeper = self._swept()
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self.health = self._healthy()

    async def work(self) -> None:
        """Start the service, then handle records and do periodic work until cancelled.

        Waits for Kafka and Redis, rebuilds lost state, then joins the consumer group. Raises
        SettingError if a setting must be changed first, and any other error of the periodic work.
        Example: after Redis lost its data, records are handled only once the state is rebuilt.
        """
        await self._upstreams.wait()
        refusal, service = self._upstreams.refusal, self.service
        # Before the library is loaded, which may close the epochs of processes of another build.
        await patiently(
            lambda: version.check_before_start(self._redis, service.card, service.root), refusal
        )
        await patiently(self._home.check, refusal)
        await patiently(self._store.prepare, refusal)
        # Before any epoch is asked for: the question would close that of another database.
        await patiently(self._home.claim, refusal)
        keeping_home = asyncio.create_task(self._home.keep())
        self._keeping = {"hold on this Redis": keeping_home}
        await patiently(lambda: self._store.epoch(service.root), refusal)
        # Before the catch-up, which compares offsets across incarnations.
        await patiently(lambda: self._incarnations.read(self._topics, self._redis), refusal)
        self._keeping |= {
            "agreement on incarnations": asyncio.create_task(self._incarnations.keep(self._redis)),
            "notes of what was read": asyncio.create_task(self._losses.keep()),
        }
        await self._catch_up.whole()
        # Once more after it: other processes may have written their numbers back meanwhile.
        await patiently(lambda: self._incarnations.agree(self._redis), refusal)
        await self._join()
        log.info("consuming", topics=len(service.card.consumes))
        await self._sweep(keeping_home)

    async def _sweep(self, keeping_home: "asyncio.Task[None]") -> None:
        """Do the periodic work until cancelled; after a SettingError, stop the process properly.

        The SettingError is raised again in the end. Example: another build of the service has
        written state of another version, or another installation has taken this Redis.
        """
        sweeping = asyncio.create_task(self._sweeper.run(lambda: False))
        try:
            await asyncio.wait({sweeping, keeping_home}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (sweeping, keeping_home):
                if ended.done():
                    ended.result()
        except SettingError:
            await cancelled(sweeping)
            seconds = self._settings.stop_seconds
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.drain(seconds / 2)
                    await self.close()
            raise
        finally:
            await cancelled(sweeping)

    async def _join(self) -> None:
        """Join the consumer group; SettingError with the fix after the setting `start_seconds`."""
        settings = self._settings
        await patiently_for(
            self._consumer.start,
            seconds=settings.start_seconds,
            fix=f"cannot join the consumer group {settings.group} within"
            f" {settings.start_seconds:.0f} s: give its user the right to read the group and its"
            f" topics, or see that the brokers at {settings.kafka_bootstrap_servers} are well",
            refusal=self._upstreams.refusal,
        )

    async def drain(self, seconds: float) -> None:
        """Begin no further batch; the current one is dropped if it does not end in `seconds`."""
        await self._consumer.drain(seconds)

    async def close(self) -> None:
        """Leave the consumer group and disconnect from Kafka and Redis.

        The consumer goes first and Redis last: a batch that is still ending needs publishers and
        Redis. Example: `await process.drain(10)`, then `await process.close()`.
        """
        for working in self._keeping.values():
            await cancelled(working)
        await self._consumer.stop()
        with contextlib.suppress(TransientError):
            await self._losses.flush()
        for publisher in self._publishers:
            await publisher.close()
        await self._upstreams.close()
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
        limits = Limits(
            publish_seconds=self._settings.publish_seconds,
            gather_seconds=self._settings.gather_seconds,
        )
        _, *outcomes = self._publishers
        return SideBySide([Pipeline(self._dependencies(one), limits) for one in outcomes])

    def _consumed(self) -> Consumer:
        batches = Batches(self._pipelines, self._catch_up, SystemClock())
        handling = Handling(batches, self._metrics, self._marks, self._incarnations, self._losses)
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
                "Redis does not answer": self._upstreams.redis_answers,
                "Redis is too old, or has no functions": self._upstreams.redis_watch.has_functions,
                "Redis may evict keys": self._redis_keeps_keys,
                "Redis takes no writes": self._redis_writes,
                "Kafka does not answer": self._upstreams.kafka_answers,
                "state is being made whole": self._whole,
                "nothing is consumed yet": self._consuming,
                **self.service.probes,
            },
            tasks={
                "consumer": self._consumer.alive,
                "notes in Redis": self._keeps,
                **{f"producer of {p.purpose}": p.alive for p in self._publishers},
            },
            stuck=self._stuck(self._settings.stuck_seconds),
            still=self._stuck(STILL_SECONDS),
        )

    def _stuck(self, seconds: float) -> Stuck:
        return Stuck(self._consumer.progress.lag, self._consumer.progress.handled, seconds)

    def _keeps(self) -> bool:
        return not any(task.done() for task in self._keeping.values())

    async def _redis_writes(self) -> bool:
        return await self._upstreams.redis_takes_writes(self.service.root)

    async def _redis_keeps_keys(self) -> bool:
        keeps = await self._upstreams.redis_watch.keeps_keys()
        self._metrics.redis_evicts.set(not keeps)
        return keeps

    async def _whole(self) -> bool:
        """Return whether all state in Redis is usable, as far as this process knows.

        Redis is asked too: an idle process would not notice that Redis has restarted and lost its
        state. Example: False from a restart of Redis until the state is rebuilt.
        """
        return self._metrics.is_whole and await self._store.epoch(self.service.root) is not None

    async def _consuming(self) -> bool:
        return self._consumer.consuming


def _topics_of(service: Service) -> Mapping[str, int]:
    """Return the topics that a service reads and writes, with their numbers of partitions."""
    card = service.card
    timers = () if card.timers is None else (card.timers,)
    rows = (*card.consumes, *card.also_folds, *card.tells, *timers, *card.journals)
    return {service.names.of(row): row.partitions for row in (*rows, DEAD_LETTERS[service.name])}


async def cancelled(working: "asyncio.Task[None]") -> None:
    """Cancel a task until it has ended: a cancellation during a timeout can be lost."""
    while not working.done():
        working.cancel()
        await asyncio.wait({working}, timeout=0.5)
