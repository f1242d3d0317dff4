"""Catch-up: an emptied Redis, a filled journal, and how many events a second are folded again."""

import asyncio
import time
from typing import Any

import redis.asyncio
from pydantic import SecretStr

from bench.inside import TOKEN_KEYS
from bench.state import catching_up
from bench.throughput import Bench, Run, Tell
from services.intake.settings import IntakeSettings
from services.payout.settings import PayoutSettings
from services.qa.settings import QaSettings
from services.router.settings import RouterSettings
from shared.connect.settings import ServiceSettings
from shared.kafka.incarnations import Incarnations
from shared.kafka.log import KafkaLog
from shared.state.commit import RedisStore


def caught_up(bench: Bench, tell: Tell) -> Run:
    """Empty Redis and fold what the service's last run left in its journal and its inputs.

    It is done in this process; the wait for what may still be on its way is left out: here nothing
    is.
    """
    tell(f"{bench.service.name}: catching up")
    return asyncio.run(_caught_up(bench))


async def _caught_up(bench: Bench) -> Run:
    client = redis.asyncio.Redis.from_url(bench.on.valkey.url)
    try:
        await client.flushall()
        store, log = RedisStore(client), _log(bench)
        catch_up, registry = catching_up(bench.service, store, log)
        began = time.monotonic()
        await catch_up.whole()
        seconds = time.monotonic() - began
    finally:
        await client.aclose()
    name = f"sentuh_{bench.service.name}_caught_up_events_total"
    return Run(int(registry.get_sample_value(name) or 0), seconds, {})


def _log(bench: Bench) -> KafkaLog:
    settings = _settings(bench)
    return KafkaLog(settings, names=bench.names, incarnations=Incarnations(settings))


def _settings(bench: Bench) -> ServiceSettings:
    given: dict[str, Any] = {
        "kafka_bootstrap_servers": bench.on.kafka.bootstrap,
        "redis_url": bench.on.valkey.url,
        "topic_prefix": bench.names.prefix,
    }
    match bench.service.name:
        case "intake":
            return IntakeSettings(**given)
        case "router":
            return RouterSettings(**given, token_keys=SecretStr(TOKEN_KEYS))
        case "qa":
            return QaSettings(**given)
    return PayoutSettings(**given)
