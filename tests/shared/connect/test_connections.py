"""The settings of both connections: what does not go together, and what production asks for."""

import os

import pytest
from faststream.kafka.security import parse_security

from services.router.settings import RouterSettings
from shared.connect.settings import settings_of
from shared.connect.tokens import TokenSettings
from shared.contracts.errors import SettingError

PROD = {
    "SENTUH_ENV": "prod",
    "SENTUH_ROUTER_TOKEN_KEYS": f"k1={'s' * 32}",
    "SENTUH_KAFKA_SECURITY": "SASL_SSL",
    "SENTUH_KAFKA_USER": "router",
    "SENTUH_KAFKA_PASSWORD": "hunter2",
    "SENTUH_REDIS_URL": "rediss://redis:6379",
    "SENTUH_REDIS_USER": "router",
    "SENTUH_REDIS_PASSWORD": "hunter2",
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SENTUH_")]:
        monkeypatch.delenv(name)


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """What a router says to this environment."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as failure:
        settings_of(RouterSettings)
    assert "\n" not in str(failure.value)
    assert "hunter2" not in str(failure.value)
    return str(failure.value)


def test_production_says_all_that_is_lacking_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, SENTUH_ENV="prod", SENTUH_FAULTS="x:kill:1")

    named = ("ROUTER_TOKEN_KEYS", "FAULTS", "KAFKA_SECURITY", "REDIS_URL", "REDIS_PASSWORD")
    assert all(f"SENTUH_{name}: " in said for name in named)


def test_production_starts_with_encryption_and_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PROD.items():
        monkeypatch.setenv(name, value)

    read = settings_of(RouterSettings)

    assert read.kafka.encrypted
    assert read.kafka.password == "hunter2"
    assert read.redis.connection_options()["ssl"] is True
    assert "hunter2" not in f"{read!r} {read.kafka!r} {read.redis!r} {read}"


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"SENTUH_KAFKA_SECURITY": "SASL_PLAINTEXT"}, "SENTUH_KAFKA_SECURITY"),
        ({"SENTUH_REDIS_URL": "redis://:hunter2@redis"}, "SENTUH_REDIS_URL"),
        ({"SENTUH_REDIS_PASSWORD": ""}, "SENTUH_REDIS_PASSWORD"),
        ({"SENTUH_KAFKA_PASSWORD": ""}, "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD"),
        (
            {
                "SENTUH_KAFKA_SECURITY": "SSL",
                "SENTUH_KAFKA_USER": "",
                "SENTUH_KAFKA_PASSWORD": "",
            },
            "SENTUH_KAFKA_CERTIFICATE_FILE",
        ),
    ],
)
def test_production_names_the_one_thing_that_lacks(
    settings: dict[str, str], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(monkeypatch, **(PROD | settings)).startswith(f"{setting}: ")


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ({"SENTUH_ENV": "staging"}, "SENTUH_ENV: "),
        ({"SENTUH_KAFKA_SECURITY": "TLS"}, "'SASL_SSL'"),
        ({"SENTUH_KAFKA_BOOTSTRAP_SERVERS": "k:0"}, "port 0 is none"),
        ({"SENTUH_KAFKA_BOOTSTRAP_SERVERS": "k:1,l:65536"}, "port 65536 is none"),
        ({"SENTUH_REDIS_URL": "redis://u:9@r:70000/0"}, "port 70000 is none"),
        ({"SENTUH_KAFKA_PASSWORD": "hunter2"}, "SENTUH_KAFKA_SECURITY: PLAINTEXT sends no user"),
        ({"SENTUH_KAFKA_CA_FILE": "/ca.pem"}, "SENTUH_KAFKA_SECURITY: PLAINTEXT is not encrypted"),
        ({"SENTUH_KAFKA_KEY_FILE": "/k.pem"}, "a key needs its certificate"),
        ({"SENTUH_REDIS_URL": "redis://a:1,b:2"}, "set SENTUH_REDIS_CLUSTER=true"),
        ({"SENTUH_REDIS_CA_FILE": "/ca.pem"}, "give rediss://"),
        (
            {"SENTUH_REDIS_URL": "unix:///run/redis.sock", "SENTUH_REDIS_CLUSTER": "true"},
            "a cluster has no socket file",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_with_the_fix(
    settings: dict[str, str], fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS", PROD["SENTUH_ROUTER_TOKEN_KEYS"])

    assert fix in refused(monkeypatch, **settings)


@pytest.mark.parametrize(
    "url",
    [
        "rediss://:hunter2@h:6379/0?ssl_cert_reqs=none&ssl_check_hostname=False",
        "rediss://:hunter2@h:6379/?",
        "redis://:hunter2/def@redis:6379/0",
        "redis://router:22/hunter2@redis:6379/0",
        "redis://:hunter2?def@redis:6379/0",
        "redis://:hunter2#def@redis:6379/0",
        "redis://:hunter2[@redis:6379/0",
        "redis://:hunter2\u2100@redis:6379/0",
        "redis://:hunter2@",
        "redis://:hunter2@redis:port/0",
        "redis://:hunter2@redis/zero",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_a_url_says_where_redis_is_and_nothing_else(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS", PROD["SENTUH_ROUTER_TOKEN_KEYS"])

    said = refused(monkeypatch, SENTUH_REDIS_URL=url)

    assert said.startswith("SENTUH_REDIS_URL: ")
    assert "SENTUH_REDIS_PASSWORD" in said
    assert "def" not in said


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("redis://redis", {"host": "redis"}),
        ("rediss://u:p%2F%3F%23%40@redis:6380/1", {"password": "p/?#@", "port": 6380, "db": 1}),
        ("redis://:a@b@redis/", {"password": "a@b", "host": "redis"}),
        ("redis://[::1]:6379/0", {"host": "::1", "port": 6379}),
        ("unix:///run/redis.sock", {"path": "/run/redis.sock"}),
    ],
)
def test_a_url_of_any_server_is_taken(
    url: str, server: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS", PROD["SENTUH_ROUTER_TOKEN_KEYS"])
    monkeypatch.setenv("SENTUH_REDIS_URL", url)

    assert settings_of(RouterSettings).redis.connection_options().items() >= server.items()


SASL = {
    "SENTUH_KAFKA_SECURITY": "SASL_SSL",
    "SENTUH_KAFKA_USER": "router",
    "SENTUH_KAFKA_PASSWORD": "hunter2",
    "SENTUH_ROUTER_TOKEN_KEYS": f"k1={'s' * 32}",
}
TOKENS = SASL | {
    "SENTUH_KAFKA_SASL_MECHANISM": "OAUTHBEARER",
    "SENTUH_KAFKA_TOKEN_URL": "https://identity:8443/oauth2/token",
}


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", ""])
def test_each_mechanism_with_a_password_reaches_every_client(
    monkeypatch: pytest.MonkeyPatch, mechanism: str
) -> None:
    more = {"SENTUH_KAFKA_SASL_MECHANISM": mechanism} if mechanism else {}
    for name, value in (SASL | more).items():
        monkeypatch.setenv(name, value)

    access = settings_of(RouterSettings).kafka

    wanted = mechanism or "SCRAM-SHA-512"
    assert access.aiokafka()["sasl_mechanism"] == wanted
    assert access.librdkafka()["sasl.mechanism"] == wanted
    assert parse_security(access.faststream()["security"])["sasl_mechanism"] == wanted


def test_tokens_are_asked_for_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {
        "SENTUH_KAFKA_TOKEN_SCOPE": "api://kafka/.default",
        "SENTUH_KAFKA_TOKEN_EXTENSIONS": "logicalCluster=lkc-1,identityPoolId=pool-a=b",
        "SENTUH_KAFKA_TOKEN_CA_FILE": "/etc/ca.pem",
    }
    for name, value in (TOKENS | more).items():
        monkeypatch.setenv(name, value)

    access = settings_of(RouterSettings).kafka

    assert access.token_settings == TokenSettings(
        "https://identity:8443/oauth2/token",
        "api://kafka/.default",
        (("logicalCluster", "lkc-1"), ("identityPoolId", "pool-a=b")),
        "/etc/ca.pem",
    )
    assert access.tokens is not None


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({"SENTUH_KAFKA_SASL_MECHANISM": "GSSAPI"}, "SENTUH_KAFKA_SASL_MECHANISM: "),
        ({"SENTUH_KAFKA_SASL_MECHANISM": "OAUTHBEARER"}, "SENTUH_KAFKA_TOKEN_URL: "),
        ({"SENTUH_KAFKA_TOKEN_SCOPE": "x"}, "SENTUH_KAFKA_SASL_MECHANISM: SCRAM-SHA-512 takes no"),
        (TOKENS | {"SENTUH_KAFKA_TOKEN_URL": "identity/token"}, "SENTUH_KAFKA_TOKEN_URL: "),
        (TOKENS | {"SENTUH_KAFKA_TOKEN_URL": "https://u:p@identity"}, "SENTUH_KAFKA_TOKEN_URL: "),
        (TOKENS | {"SENTUH_KAFKA_TOKEN_URL": "file:///etc/passwd"}, "SENTUH_KAFKA_TOKEN_URL: "),
        (TOKENS | {"SENTUH_KAFKA_TOKEN_EXTENSIONS": "a"}, "SENTUH_KAFKA_TOKEN_EXTENSIONS: "),
        (TOKENS | {"SENTUH_KAFKA_TOKEN_EXTENSIONS": "a=1;b=2 c"}, "SENTUH_KAFKA_TOKEN_EXT"),
        (
            TOKENS
            | {"SENTUH_KAFKA_TOKEN_URL": "http://i/t", "SENTUH_KAFKA_TOKEN_CA_FILE": "/ca.pem"},
            "SENTUH_KAFKA_TOKEN_URL: ",
        ),
        (TOKENS | {"SENTUH_KAFKA_PASSWORD": ""}, "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD: "),
        (
            {
                "SENTUH_KAFKA_SECURITY": "PLAINTEXT",
                "SENTUH_KAFKA_USER": "",
                "SENTUH_KAFKA_PASSWORD": "",
                "SENTUH_KAFKA_SASL_MECHANISM": "PLAIN",
            },
            "SENTUH_KAFKA_SECURITY: PLAINTEXT logs nobody in by SASL",
        ),
    ],
)
def test_a_login_that_does_not_hang_together_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], begins: str
) -> None:
    assert refused(monkeypatch, **(SASL | settings)).startswith(begins)


def test_production_asks_for_tokens_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = PROD | TOKENS | {"SENTUH_KAFKA_TOKEN_URL": "http://identity/token"}

    assert refused(monkeypatch, **bare).startswith("SENTUH_KAFKA_TOKEN_URL: http:// sends the")


@pytest.mark.parametrize(
    ("mechanism", "warnings"), [("PLAIN", 1), ("SCRAM-SHA-256", 0), ("SCRAM-SHA-512", 0)]
)
def test_a_password_in_the_clear_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, mechanism: str, warnings: int
) -> None:
    bare = {"SENTUH_KAFKA_SECURITY": "SASL_PLAINTEXT", "SENTUH_KAFKA_SASL_MECHANISM": mechanism}
    for name, value in (SASL | bare).items():
        monkeypatch.setenv(name, value)

    assert len(list(settings_of(RouterSettings).in_the_clear())) == warnings
