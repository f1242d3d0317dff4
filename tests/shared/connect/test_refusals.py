"""What failed is told as it is: by what the other side says of itself, and never guessed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka.errors import GroupAuthorizationFailedError, NodeNotReadyError

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import Valkey
from shared.connect.access import REDIS_AWAY, KafkaAccess, RedisAccess
from shared.connect.admission import reach
from shared.connect.refusals import kafka_refusal, redis_refusal, why
from shared.connect.tls import TlsFiles
from shared.contracts.errors import SettingError, TransientError
from tests.secure.authority import VALID, Authority

GUESS = "is it TLS where we are not"
LONG_AGO, LATER = -2 * VALID, 2 * VALID


@asynccontextmanager
async def answering(reply: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that answers whatever comes with this, and with nothing ends it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536) and reply:
            writer.write(reply)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def failure_of(access: RedisAccess, *command: str) -> BaseException:
    """What this server makes of the command."""
    client = access.client()
    try:
        await client.execute_command(*command)
    except REDIS_AWAY as failure:
        return failure
    finally:
        await client.aclose()
    raise AssertionError(f"{command} was done")


async def test_a_right_that_lacks_is_named_with_what_prints_it() -> None:
    async with answering(
        b"-NOPERM User guest has no permissions to run the 'ping' command\r\n"
    ) as port:
        access = RedisAccess(f"redis://127.0.0.1:{port}")
        failure = await failure_of(access, "PING")

    said = str(redis_refusal(access, failure))
    assert said.startswith("SENTUH_REDIS_USER: ")
    assert "`sentuh redis users` prints" in said


async def reason_to_wait(access: RedisAccess, *command: str) -> str:
    """What is said of it where it may be tried again."""
    failure = await failure_of(access, *command)
    assert redis_refusal(access, failure) is None
    return why(failure)


async def test_redis_that_is_loading_is_not_taken_for_one_with_tls() -> None:
    async with answering(b"-LOADING Redis is loading the dataset in memory\r\n") as port:
        said = await reason_to_wait(RedisAccess(f"redis://127.0.0.1:{port}"), "PING")

    assert said == "it says: Redis is loading the dataset in memory"


async def test_a_replica_whose_master_is_down_says_so(redis_url: str) -> None:
    access = RedisAccess(redis_url)
    async with access.client() as client:
        await client.execute_command("CONFIG", "SET", "replica-serve-stale-data", "no")
        await client.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            said = await reason_to_wait(access, "GET", "x")
        finally:
            await client.execute_command("REPLICAOF", "NO", "ONE")
            await client.execute_command("CONFIG", "SET", "replica-serve-stale-data", "yes")

    assert said.startswith("it says: Link with MASTER is down")


async def test_a_cluster_that_is_down_says_so(tmp_path: Path) -> None:
    with Valkey(tmp_path, settings={"cluster-enabled": "yes"}) as node:
        of_one = await reason_to_wait(RedisAccess(node.url), "GET", "x")
        of_all = await reason_to_wait(RedisAccess(node.url, cluster=True), "GET", "x")

    assert of_one.startswith("it says: ")
    assert "slot" in of_one
    assert of_all == "nobody serves some slots of the cluster"


async def test_a_connection_that_is_ended_may_be_one_of_tls() -> None:
    async with answering(b"") as port:
        redis = await reason_to_wait(RedisAccess(f"redis://127.0.0.1:{port}"), "PING")
        with pytest.raises(TransientError, match=GUESS):
            await reach(KafkaAccess(f"127.0.0.1:{port}"))

    assert GUESS in redis


async def test_what_is_not_there_is_told_from_what_does_not_listen(tmp_path: Path) -> None:
    nowhere = await reason_to_wait(RedisAccess(f"redis://127.0.0.1:{free_port()}"), "PING")
    no_file = await reason_to_wait(RedisAccess(f"unix://{tmp_path}/redis.sock"), "PING")

    assert nowhere == "nothing listens there"
    assert no_file == "No such file or directory"


def test_what_nobody_knows_a_cause_of_goes_by_its_name() -> None:
    assert why(NodeNotReadyError()) == "NodeNotReadyError"


@pytest.mark.parametrize("shifted", [LONG_AGO, LATER])
async def test_a_certificate_out_of_its_days_is_no_matter_of_trust(
    shifted: timedelta, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    shown = authority.signs("server", shifted=shifted)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown.certificate, shown.key)
    async with answering(b"", context) as port:
        where = f"127.0.0.1:{port}"
        redis = RedisAccess(f"rediss://{where}", tls_files=TlsFiles("REDIS", str(authority.file)))
        kafka = KafkaAccess(where, "SSL", tls_files=TlsFiles("KAFKA", str(authority.file)))
        failure = await failure_of(redis, "PING")
        with pytest.raises(SettingError, match=r"^Kafka at .* no use today .*: have it renewed"):
            await reach(kafka)

    said = str(redis_refusal(redis, failure))
    assert said.startswith("Redis at ")
    assert "have it renewed" in said


@pytest.mark.parametrize(
    ("access", "begins"),
    [
        (KafkaAccess("k:1", "SASL_SSL", "qa", "hunter2"), "SENTUH_KAFKA_USER: Kafka at k:1 "
         "denies user 'qa' a right"),
        (KafkaAccess("k:1", "SSL", tls_files=TlsFiles("KAFKA", certificate="/qa.pem")),
         "SENTUH_KAFKA_CERTIFICATE_FILE: Kafka at k:1 denies who /qa.pem names a right"),
        (KafkaAccess("k:1"), "SENTUH_KAFKA_SECURITY: Kafka at k:1 denies anybody without a name"),
    ],
)  # fmt: skip
def test_who_lacks_a_right_is_named_by_the_setting_that_says_it(
    access: KafkaAccess, begins: str
) -> None:
    said = str(kafka_refusal(access, GroupAuthorizationFailedError()))

    assert said.startswith(begins)
    assert "`sentuh topics acls`" in said
    assert "(GroupAuthorizationFailedError)" in said
