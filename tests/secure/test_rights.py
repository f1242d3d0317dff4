"""With the generated rights and no others the whole flow runs, over TLS with users and by mTLS."""

from pathlib import Path

import pytest
from redis import Redis

from sentuh.broker.acls import grant
from sentuh.broker.topics import apply
from sentuh.broker.users import USERS, rules
from sentuh.embedded.servers import Valkey
from shared.connect.access import RedisAccess
from shared.connect.tls import TlsFiles
from shared.contracts.rights import ROLES, TOPICS_JOB, rights
from shared.contracts.topics import Names
from tests.secure.authority import Authority
from tests.secure.broker import SecureKafka
from tests.secure.matrix import matrix
from tests.secure.scene import Parties, scene
from tests.secure.server import tls_server, why_no_tls

pytestmark = pytest.mark.slow


async def test_each_principal_may_do_what_the_rows_say_and_nothing_else(
    broker: SecureKafka,
) -> None:
    found = await matrix(broker, "m-")

    assert found.wrong == []
    assert len(found.tried) > 500


async def _flows(broker: SecureKafka, kind: str, redis: dict[str, RedisAccess], home: Path) -> None:
    """From output to earning, everybody as themselves, and the auditor finds nothing."""
    names = Names(f"{kind.lower().replace('_', '-')}-")
    await grant(broker.access("admin"), rights(names))
    kafka = {role: broker.access(role, kind) for role in ROLES}
    await apply(kafka[TOPICS_JOB], names)
    async with scene(Parties(kafka, redis, names), home) as run:
        await run.publish("o", 12)
        await run.ended()
        report = await run.audited()
    assert report.ok, report.broken


async def test_the_whole_flow_by_mtls_and_with_redis_users(
    broker: SecureKafka, tmp_path: Path
) -> None:
    with Valkey(tmp_path / "valkey") as valkey:
        with Redis.from_url(valkey.url) as admin:
            for user in USERS:
                admin.execute_command(
                    "ACL", "SETUSER", user, "on", f">pw-{user}", *rules(user).split()
                )
        redis = {user: RedisAccess(valkey.url, user=user, password=f"pw-{user}") for user in USERS}
        await _flows(broker, "SSL", redis, tmp_path)


@pytest.mark.skipif(bool(why_no_tls()), reason=str(why_no_tls()))
async def test_the_whole_flow_over_tls_to_kafka_and_redis_as_in_production(
    broker: SecureKafka, authority: Authority, tmp_path: Path
) -> None:
    lines = [f"user {user} on >pw-{user} {rules(user)}" for user in USERS]
    with tls_server(tmp_path / "redis", authority, lines) as url:
        tls_files = TlsFiles("REDIS", str(authority.file))
        redis = {
            user: RedisAccess(url, user=user, password=f"pw-{user}", tls_files=tls_files)
            for user in USERS
        }
        await _flows(broker, "SASL_SSL", redis, tmp_path)
