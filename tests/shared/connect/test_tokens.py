"""Tokens are got by one POST, kept, replaced in time; each refusal names setting and fix."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiokafka.errors import KafkaConnectionError, SaslAuthenticationFailed

from shared.connect import tokens
from shared.connect.access import KafkaAccess
from shared.connect.token_login import AiokafkaTokens, _HearingLogin, for_librdkafka
from shared.connect.tokens import TokenSettings, TokenSource
from shared.contracts.errors import SettingError, TransientError
from tests.support.captured_logs import logged

SECRET = "s3cret/+ %"


class Endpoint:
    """A token endpoint that answers with `status` and `body`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = {"access_token": "t-1", "expires_in": 300}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.going = threading.Event()
        self.going.set()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asks = {name: values[0] for name, values in parse_qs(raw).items()}
                endpoint.asked.append((self.headers["Authorization"], asks))
                endpoint.going.wait()
                body = endpoint.body
                answer = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(endpoint.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    one = Endpoint()
    threading.Thread(target=one.server.serve_forever, args=(0.01,), daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


def source(endpoint: Endpoint, **more: Any) -> TokenSource:
    return TokenSource(TokenSettings(endpoint.url, **more), "svc:1", SECRET)


def test_a_token_is_asked_for_with_client_credentials_and_kept(endpoint: Endpoint) -> None:
    one = source(endpoint, scope="kafka read")

    assert [one.token().value for _ in range(3)] == ["t-1"] * 3

    ((login, asks),) = endpoint.asked
    assert asks == {"grant_type": "client_credentials", "scope": "kafka read"}
    pair = base64.b64decode(login.removeprefix("Basic ")).decode()
    assert pair == "svc%3A1:s3cret%2F%2B+%25"


def test_a_token_is_replaced_before_it_runs_out(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = source(endpoint), time.time()
    monkeypatch.setattr("shared.connect.tokens.time.time", lambda: now)
    assert one.token().value == "t-1"
    endpoint.body = {"access_token": "t-2", "expires_in": 300}

    now += 239
    assert one.token().value == "t-1"
    now += 2
    assert one.token().value == "t-2"


@pytest.mark.parametrize("status", [503, 401])
def test_a_token_that_is_still_good_is_used_while_there_is_no_new_one(
    endpoint: Endpoint, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = source(endpoint), time.time()
    monkeypatch.setattr("shared.connect.tokens.time.time", lambda: now)
    lines = logged(monkeypatch, tokens)
    one.token()
    endpoint.status, endpoint.body = status, {"error": "invalid_client"}

    now += 250
    assert one.token().value == "t-1"
    assert lines[-1]["event"] == "no new token for Kafka yet"
    now += 60
    with pytest.raises((SettingError, TransientError)):
        one.token()


def test_nobody_waits_for_an_endpoint_that_hangs_while_a_token_is_still_good(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = source(endpoint), time.time()
    monkeypatch.setattr("shared.connect.tokens.time.time", lambda: now)
    one.token()
    now += 250
    endpoint.body = {"access_token": "t-2", "expires_in": 300}
    endpoint.going.clear()
    asking = threading.Thread(target=one.token)
    asking.start()
    while len(endpoint.asked) < 2:
        time.sleep(0.01)

    assert [one.token().value for _ in range(5)] == ["t-1"] * 5

    endpoint.going.set()
    asking.join()
    assert one.token().value == "t-2"
    assert len(endpoint.asked) == 2


def test_those_who_wait_for_an_endpoint_that_fails_do_not_each_ask_it_again(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.status, one = 503, source(endpoint)
    for _ in range(5):
        with pytest.raises(TransientError, match="it answers 503"):
            one.token()
    assert len(endpoint.asked) == 1

    later = time.monotonic() + tokens.AGAIN_SECONDS
    monkeypatch.setattr("shared.connect.tokens.time.monotonic", lambda: later)
    endpoint.status = 200
    assert one.token().value == "t-1"


def test_a_token_that_brokers_refuse_is_replaced_unless_it_is_fresh(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = source(endpoint), time.time()
    monkeypatch.setattr("shared.connect.tokens.time.time", lambda: now)
    one.token()
    endpoint.body = {"access_token": "t-2", "expires_in": 300}

    one.refused()
    assert one.token().value == "t-1"
    now += 31
    one.refused()
    assert one.token().value == "t-2"


@pytest.mark.parametrize("life", [None, "3599", 0, -5, "soon", 10**12, 1.5])
def test_a_lifetime_of_any_kind_is_read_within_bounds(endpoint: Endpoint, life: object) -> None:
    endpoint.body = {"access_token": "t-1", "expires_in": life}

    token = source(endpoint).token()

    assert 0 < token.expires_at - time.time() <= 86_400
    assert token.renew_at < token.expires_at


REFUSALS: dict[str, tuple[int, Any, str]] = {
    "wrong secret": (401, {"error": "invalid_client"}, "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD"),
    "wrong secret, as 400": (400, {"error": "invalid_client"}, "SENTUH_KAFKA_USER, "),
    "forbidden": (403, b"<html>no</html>", "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD"),
    "scope": (400, {"error": "invalid_scope"}, "SENTUH_KAFKA_TOKEN_SCOPE"),
    "grant": (400, {"error": "unauthorized_client"}, "SENTUH_KAFKA_USER"),
    "grant of another kind": (400, {"error": "unsupported_grant_type"}, "SENTUH_KAFKA_USER"),
    "no such page": (404, b"", "SENTUH_KAFKA_TOKEN_URL"),
    "another method": (405, {}, "SENTUH_KAFKA_TOKEN_URL"),
    "a redirect": (302, b"", "SENTUH_KAFKA_TOKEN_URL"),
    "a page": (200, b"<html>log in</html>", "SENTUH_KAFKA_TOKEN_URL"),
    "no token": (200, {"id_token": "x"}, "SENTUH_KAFKA_TOKEN_URL"),
    "a token that is none": (200, {"access_token": "a\x01b"}, "SENTUH_KAFKA_TOKEN_URL"),
    "a list": (200, ["x"], "SENTUH_KAFKA_TOKEN_URL"),
    "a field that lacks": (400, {"error": "invalid_request"}, "SENTUH_KAFKA_TOKEN_URL"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_the_endpoint_refuses_names_the_setting(endpoint: Endpoint, kind: str) -> None:
    endpoint.status, endpoint.body, begins = REFUSALS[kind]

    with pytest.raises(SettingError) as refused:
        source(endpoint).token()

    line = str(refused.value)
    assert line.startswith(begins)
    assert endpoint.url in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_what_may_pass_is_tried_again(endpoint: Endpoint, status: int) -> None:
    endpoint.status = status

    with pytest.raises(TransientError, match=f"it answers {status}"):
        source(endpoint).token()


def test_an_endpoint_that_repeats_the_secret_does_not_bring_it_into_the_line(
    endpoint: Endpoint,
) -> None:
    endpoint.status = 401
    endpoint.body = {"error": "invalid_client", "error_description": f"no\n{SECRET} \x1b[2J"}

    with pytest.raises(SettingError) as refused:
        source(endpoint).token()

    assert SECRET not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_a_secret_that_is_cut_off_is_hidden_too(endpoint: Endpoint) -> None:
    endpoint.status = 401
    endpoint.body = {"error": SECRET, "error_description": "x" * 195 + SECRET}

    with pytest.raises(SettingError) as refused:
        source(endpoint).token()

    assert SECRET[:4] not in str(refused.value)


async def test_both_kinds_of_client_get_token_and_extensions(endpoint: Endpoint) -> None:
    one = source(endpoint, extensions=(("logicalCluster", "lkc-1"),))
    provider = AiokafkaTokens(one)

    assert await provider.token() == "t-1"
    assert provider.extensions() == {"logicalCluster": "lkc-1"}
    value, until, client, more = for_librdkafka(one, "svc")("")
    assert (value, client, more) == ("t-1", "svc", {"logicalCluster": "lkc-1"})
    assert until > time.time()


async def test_a_client_at_work_takes_a_refusal_for_a_lost_connection(endpoint: Endpoint) -> None:
    endpoint.status = 404

    with pytest.raises(KafkaConnectionError, match="SENTUH_KAFKA_TOKEN_URL"):
        await AiokafkaTokens(source(endpoint)).token()


async def test_a_broker_that_refuses_a_token_is_heard(endpoint: Endpoint) -> None:
    login = _HearingLogin(sasl_oauth_token_provider=AiokafkaTokens(source(endpoint)))
    assert await login.step(None) == (b"n,,\x01auth=Bearer t-1\x01\x01", True)

    with pytest.raises(SaslAuthenticationFailed, match="invalid_token"):
        await login.step(b'{"status":"invalid_token"}')
    assert await login.step(b"") is None


def test_all_clients_of_a_process_share_one_token(endpoint: Endpoint) -> None:
    settings = TokenSettings(endpoint.url)
    access = KafkaAccess(
        "k:9093", "SASL_SSL", "svc", "pw", mechanism="OAUTHBEARER", token_settings=settings
    )

    options = access.librdkafka()

    assert options["sasl.mechanism"] == "OAUTHBEARER"
    assert access.tokens is access.tokens
    assert access.aiokafka()["sasl_mechanism"] == "OAUTHBEARER"
    assert access.faststream()["sasl_oauth_token_provider"] is not None
    assert len(endpoint.asked) == 1
    assert "pw" not in repr(access)
