"""What each kind of client is given, and that secrets are not shown."""

import pytest

from shared.connect.access import KafkaAccess, RedisAccess
from shared.connect.tls import TlsFiles
from shared.contracts.errors import SettingError


def test_a_bare_address_is_plaintext() -> None:
    access = KafkaAccess.of("broker:9092")

    assert access.aiokafka() == {"security_protocol": "PLAINTEXT"}
    assert access.faststream() == {}
    assert access.librdkafka()["security.protocol"] == "PLAINTEXT"


def test_each_client_gets_user_and_password() -> None:
    access = KafkaAccess("broker:9093", "SASL_SSL", "router", "hunter2")

    given, security, settings = (
        access.aiokafka(),
        access.faststream()["security"],
        access.librdkafka(),
    )

    assert given["sasl_mechanism"] == "SCRAM-SHA-512"
    assert given["sasl_plain_password"] == "hunter2"
    assert given["ssl_context"].check_hostname
    assert security.use_ssl
    assert settings["sasl.password"] == "hunter2"
    assert "hunter2" not in repr(access)


@pytest.mark.parametrize(
    ("url", "nodes"),
    [
        ("redis://:p,w@a:7000,b:7001/0", [("a", 7000), ("b", 7001)]),
        ("rediss://u:pw@cluster", [("cluster", 6379)]),
    ],
)
def test_a_cluster_has_as_many_nodes_as_its_url_names(
    url: str, nodes: list[tuple[str, int]]
) -> None:
    access = RedisAccess(url, cluster=True)

    assert access.nodes == nodes
    assert access.connection_options()["host"] == nodes[0][0]
    assert "pw" not in access.where


def test_user_and_password_go_before_the_urls() -> None:
    access = RedisAccess("redis://old:older@r:6379/2", user="router", password="hunter2")

    given = access.connection_options()

    assert given["username"] == "router"
    assert given["password"] == "hunter2"
    assert given["db"] == 2
    assert access.secret == "hunter2"


def test_a_url_has_no_say_in_what_tls_checks() -> None:
    access = RedisAccess("rediss://r:6379/0?ssl_cert_reqs=none&ssl_check_hostname=False")

    assert access.connection_options() == {"host": "r", "port": 6379, "db": 0, "ssl": True}


def test_a_file_that_cannot_be_read_is_named_with_its_setting() -> None:
    tls_files = TlsFiles("REDIS", ca="/nowhere/ca.pem")

    with pytest.raises(SettingError, match=r"SENTUH_REDIS_CA_FILE: /nowhere/ca\.pem cannot be"):
        RedisAccess("rediss://r:6379", tls_files=tls_files).client()
