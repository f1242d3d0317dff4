"""Starts or connects the broker and the Redis of a run, and cleans up after it."""

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
from sentuh.broker.connection import kafka_access, redis_access
from sentuh.demo.processes import RunPlace
from sentuh.demo.wire import Link
from sentuh.demo.wishes import Wishes
from sentuh.embedded.servers import Tansu, Valkey
from sentuh.embedded.wire import ask_broker
from shared.connect.access import REDIS_AWAY, KafkaAccess, RedisAccess
from shared.connect.admission import reach
from shared.connect.refusals import redis_refusal, why
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import SERVICES, TOPICS, Names

CATALOG = Path(__file__).parents[2] / "deploy" / "catalog.yaml"
ACCEPT_SECONDS, ANSWER_SECONDS, TASK_SECONDS = 5, 10, 900
"""The simulated people answer within tenths of seconds, so their offers last seconds."""
ADMIN_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Parts:
    """The place of a run, and the names and versions of its broker and Redis."""

    place: RunPlace
    kafka: str
    redis: str


@asynccontextmanager
async def parts(wishes: Wishes) -> AsyncIterator[Parts]:
    """Start a broker and a Redis, or use those that `wishes` names, and create the topics.

    On exit the servers that were started here are ended; of servers that were named, the topics and
    keys of this run are deleted.
    """
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
    """The working directory; deleted at the end, kept after a failure for its logs."""

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
        """Do nothing: ExitStack.push asks for this method and does not call it."""


def catalog(text: str) -> str:
    """Return the operator's catalog with the demo's short times, and nothing else changed."""
    content = yaml.safe_load(text)
    for task_type in content["task_types"].values():
        task_type["times"] = {
            "accept_seconds": ACCEPT_SECONDS,
            "answer_seconds": ANSWER_SECONDS,
            "task_seconds": TASK_SECONDS,
        }
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


async def _kafka(wishes: Wishes, home: Path, stack: AsyncExitStack) -> tuple[KafkaAccess, str]:
    """Start the embedded broker or reach the named one; return its access, and a name to print."""
    if wishes.kafka is None:
        _forget("SENTUH_ENV", "SENTUH_KAFKA_")
        tansu = await stack.enter_async_context(Tansu(home))
        return KafkaAccess(tansu.bootstrap), f"Tansu {tansu.version} (embedded, in memory)"
    access = kafka_access(wishes.kafka)
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
    """Start the embedded Valkey or reach the named Redis; return its access, and a name of it."""
    if wishes.redis is None:
        _forget("SENTUH_ENV", "SENTUH_REDIS_")
        valkey = await stack.enter_async_context(Valkey(home))
        version = await asyncio.to_thread(getattr, valkey, "version")
        return RedisAccess(valkey.url), f"Valkey {version} (embedded)"
    access = redis_access(wishes.redis)
    try:
        server = await _server_info(access)
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"--redis does not answer ({why(failure)}): start that server, or leave the option out"
            " and the embedded one is used"
        ) from failure
    if not wishes.keep:
        stack.push_async_callback(_delete_keys, access)
    version = server.get("valkey_version")
    return access, f"Valkey {version}" if version else f"Redis {server['redis_version']}"


def _forget(*beginnings: str) -> None:
    """Remove variables of the environment that are meant for other servers than these."""
    for name in [name for name in os.environ if name.startswith(beginnings)]:
        del os.environ[name]


async def _server_info(access: RedisAccess) -> Mapping[str, str]:
    """Return the server section of INFO; SettingError unless the server holds no key at all.

    An empty database beside others in use will not do: all databases of a server share its
    functions. Example: {"redis_version": "8.2.1", ...}.
    """
    async with access.client() as client:
        keys = await client.dbsize() if access.cluster else len(await client.info("keyspace"))
        info: Mapping[str, str] = await client.info("server")
    if keys:
        raise SettingError(
            "--redis names a server with keys in it; the demo wants a server of its own: start an"
            " empty one, or leave the option out"
        )
    return info


async def _delete_keys(access: RedisAccess) -> None:
    """Delete the keys that the services left in a server that was empty before."""
    async with access.client() as client:
        for service in SERVICES:
            async for key in client.scan_iter(match=f"{{{service}*"):
                await client.unlink(key)


async def _delete_topics(access: KafkaAccess, names: Names) -> None:
    admin = await topics.admin_of(access)
    gone = admin.delete_topics([names.of(topic) for topic in TOPICS])
    for future in gone.values():
        await asyncio.to_thread(future.exception, ADMIN_SECONDS)
