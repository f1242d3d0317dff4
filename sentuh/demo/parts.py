"""The broker and the Redis of a run: the embedded ones, or those that were named."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import yaml

from sentuh.broker import topics
from sentuh.commands import options
from sentuh.demo.processes import RunPlace
from sentuh.demo.wire import Link
from sentuh.embedded.servers import Tansu, Valkey
from sentuh.embedded.wire import ask_broker
from shared.connect.access import REDIS_AWAY, KafkaAccess, RedisAccess
from shared.connect.admission import reach
from shared.connect.refusals import redis_refusal, why
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import SERVICES, TOPICS, Names

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

    place: RunPlace
    kafka: str
    redis: str


@asynccontextmanager
async def parts(wishes: Wishes) -> AsyncIterator[Parts]:
    """Start or find broker and Redis, make the topics; afterwards end or empty what was ours."""
    home = Path(tempfile.mkdtemp(prefix="sentuh-demo-"))
    async with AsyncExitStack() as stack:
        stack.push(_Home(home, keep=wishes.keep))
        access, kafka = await _kafka(wishes, home, stack)
        store, server = await _redis(wishes, home, stack)
        # Others may use the same cluster; two runs must not read each other's topics.
        names = Names(f"demo-{secrets.token_hex(4)}." if wishes.kafka else "")
        place = RunPlace(
            link=Link(access.servers, names, wishes.seed, access),
            redis=store,
            home=home,
            catalog=home / "catalog.yaml",
            embedded=wishes.kafka is None,
        )
        place.catalog.write_text(catalog(CATALOG.read_text()))
        await topics.apply(access, names)
        if wishes.kafka and not wishes.keep:
            stack.push_async_callback(_delete_topics, access, names)
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


async def _kafka(wishes: Wishes, home: Path, stack: AsyncExitStack) -> tuple[KafkaAccess, str]:
    """How the broker is reached, and what it is."""
    if wishes.kafka is None:
        _forget("SENTUH_ENV", "SENTUH_KAFKA_")
        tansu = await stack.enter_async_context(Tansu(home))
        return KafkaAccess(tansu.bootstrap), f"Tansu {tansu.version} (embedded, in memory)"
    access = options.kafka(wishes.kafka)
    try:
        await reach(access)
        if access.security != "PLAINTEXT":
            return access, f"Kafka at {wishes.kafka} over {access.security}"
        broker = await asyncio.to_thread(ask_broker, wishes.kafka)
    except (OSError, TransientError) as failure:
        raise SettingError(
            f"--kafka {wishes.kafka} does not answer ({failure}): start that broker, or leave the"
            " option out and the embedded one is used"
        ) from failure
    kind = f"Apache Kafka {broker.release}" if broker.is_apache else "a Kafka-compatible broker"
    return access, f"{kind} at {wishes.kafka}"


async def _redis(wishes: Wishes, home: Path, stack: AsyncExitStack) -> tuple[RedisAccess, str]:
    """How Redis is reached, and what it is."""
    if wishes.redis is None:
        _forget("SENTUH_ENV", "SENTUH_REDIS_")
        valkey = await stack.enter_async_context(Valkey(home))
        version = await asyncio.to_thread(getattr, valkey, "version")
        return RedisAccess(valkey.url), f"Valkey {version} (embedded)"
    access = options.redis(wishes.redis)
    try:
        said = await _asked(access)
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"--redis does not answer ({why(failure)}): start that server, or leave the option out"
            " and the embedded one is used"
        ) from failure
    if not wishes.keep:
        stack.push_async_callback(_delete_keys, access)
    version = said.get("valkey_version")
    return access, f"Valkey {version}" if version else f"Redis {said['redis_version']}"


def _forget(*beginnings: str) -> None:
    """Let no process of the demo be told what is meant for servers of yours."""
    for name in [name for name in os.environ if name.startswith(beginnings)]:
        del os.environ[name]


async def _asked(access: RedisAccess) -> Mapping[str, str]:
    """What the server says of itself; SettingError unless it is empty.

    Another number of a server in use will not do: all its databases share the functions.
    """
    async with access.client() as client:
        keys = await client.dbsize() if access.cluster else len(await client.info("keyspace"))
        found: Mapping[str, str] = await client.info("server")
    if keys:
        raise SettingError(
            "--redis names a server with keys in it; the demo wants a server of its own: start an"
            " empty one, or leave the option out"
        )
    return found


async def _delete_keys(access: RedisAccess) -> None:
    """Take away what the services left in a server that was empty before."""
    async with access.client() as client:
        for service in SERVICES:
            async for key in client.scan_iter(match=f"{{{service}*"):
                await client.unlink(key)


async def _delete_topics(access: KafkaAccess, names: Names) -> None:
    admin = await topics.admin_of(access)
    gone = admin.delete_topics([names.of(topic) for topic in TOPICS])
    for future in gone.values():
        await asyncio.to_thread(future.exception, ADMIN_SECONDS)
