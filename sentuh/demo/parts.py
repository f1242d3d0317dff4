"""The broker and the Redis of a run: the embedded ones, or those that were named."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import redis.asyncio as redis
import yaml
from confluent_kafka.admin import AdminClient

from sentuh import topics
from sentuh.demo.processes import Place
from sentuh.demo.wire import Link
from sentuh.stack import Tansu, Valkey
from sentuh.wire import ask_broker, ask_redis
from shared.errors import SettingError
from shared.topics import SERVICES, TOPICS, Names

CATALOG = Path(__file__).parents[2] / "deploy" / "catalog.yaml"
ACCEPT_SECONDS, ANSWER_SECONDS, TASK_SECONDS = 5, 10, 900
"""The people of the demo think in tenths of seconds, so their offers stand for seconds."""
ADMIN_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    outputs: int
    workers: int
    seed: int
    rate: int
    kafka: str | None = None
    redis: str | None = None
    report: Path | None = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run stands on: where, and what broker and Redis are."""

    place: Place
    kafka: str
    redis: str


@asynccontextmanager
async def parts(wishes: Wishes) -> AsyncIterator[Parts]:
    """Start or find broker and Redis, make the topics; afterwards end or empty what was ours."""
    home = Path(tempfile.mkdtemp(prefix="sentuh-demo-"))
    async with AsyncExitStack() as stack:
        stack.push(_Home(home, keep=wishes.keep))
        bootstrap, kafka = await _kafka(wishes, home, stack)
        url, server = await _redis(wishes, home, stack)
        # Others may use the same cluster; two runs must not read each other's topics.
        names = Names(f"demo-{secrets.token_hex(4)}." if wishes.kafka else "")
        place = Place(
            link=Link(bootstrap, names, wishes.seed),
            redis_url=url,
            home=home,
            catalog=home / "catalog.yaml",
            embedded=wishes.kafka is None,
        )
        place.catalog.write_text(catalog(CATALOG.read_text()))
        await topics.apply(bootstrap, names)
        if wishes.kafka and not wishes.keep:
            stack.push_async_callback(asyncio.to_thread, _delete_topics, bootstrap, names)
        yield Parts(place, kafka, server)


class _Home:
    """The working directory, taken away at the end; after a failure its logs are wanted."""

    def __init__(self, path: Path, *, keep: bool) -> None:
        self._path, self._keep = path, keep

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        no_logs = (asyncio.CancelledError, SettingError)
        failed = kind is not None and not issubclass(kind, no_logs)
        if not self._keep and not failed:
            shutil.rmtree(self._path, ignore_errors=True)

    def __enter__(self) -> None:
        """Needed by nobody: it is pushed, not entered."""


def catalog(text: str) -> str:
    """The operator's catalog with the demo's short times, and nothing else changed."""
    said = yaml.safe_load(text)
    for task_type in said["task_types"].values():
        task_type["times"] = {
            "accept_seconds": ACCEPT_SECONDS,
            "answer_seconds": ANSWER_SECONDS,
            "task_seconds": TASK_SECONDS,
        }
    return str(yaml.safe_dump(said, sort_keys=False, allow_unicode=True))


async def _kafka(wishes: Wishes, home: Path, stack: AsyncExitStack) -> tuple[str, str]:
    """Where the broker is, and what it is."""
    if wishes.kafka is None:
        tansu = await stack.enter_async_context(Tansu(home))
        return tansu.bootstrap, f"Tansu {tansu.version} (embedded, in memory)"
    try:
        broker = await asyncio.to_thread(ask_broker, wishes.kafka)
    except OSError as failure:
        raise SettingError(
            f"--kafka {wishes.kafka} does not answer ({failure}): start that broker (plaintext),"
            " or leave the option out and the embedded one is used"
        ) from failure
    kind = f"Apache Kafka {broker.release}" if broker.is_apache else "a Kafka-compatible broker"
    return wishes.kafka, f"{kind} at {wishes.kafka}"


async def _redis(wishes: Wishes, home: Path, stack: AsyncExitStack) -> tuple[str, str]:
    """Where Redis is, and what it is."""
    if wishes.redis is None:
        valkey = await stack.enter_async_context(Valkey(home))
        version = await asyncio.to_thread(getattr, valkey, "version")
        return valkey.url, f"Valkey {version} (embedded)"
    try:
        said = await asyncio.to_thread(ask_redis, wishes.redis)
        await _must_be_empty(wishes.redis)
    except (OSError, redis.RedisError) as failure:
        raise SettingError(
            f"--redis does not answer ({failure}): start that server, or leave the option out and"
            " the embedded one is used"
        ) from failure
    if not wishes.keep:
        stack.push_async_callback(_delete_keys, wishes.redis)
    version = said.get("valkey_version")
    return wishes.redis, f"Valkey {version}" if version else f"Redis {said['redis_version']}"


async def _must_be_empty(url: str) -> None:
    """Another number of a server in use will not do: all its databases share the functions."""
    async with redis.Redis.from_url(url) as client:
        databases = await client.info("keyspace")
    if databases:
        raise SettingError(
            f"--redis names a server with keys in it ({', '.join(sorted(databases))}); the demo"
            " wants a server of its own: start an empty one, or leave the option out"
        )


async def _delete_keys(url: str) -> None:
    """Take away what the services left in a server that was empty before."""
    async with redis.Redis.from_url(url) as client:
        for service in SERVICES:
            async for key in client.scan_iter(match=f"{{{service}*"):
                await client.unlink(key)


def _delete_topics(bootstrap: str, names: Names) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    gone = admin.delete_topics([names.of(topic) for topic in TOPICS])
    for future in gone.values():
        future.exception(ADMIN_SECONDS)
