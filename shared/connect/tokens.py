"""Gets the tokens with which a client logs in to Kafka by OAUTHBEARER: OAuth's client credentials.

One POST to the token endpoint (RFC 6749, section 4.4), and another before the token runs out. The
standard library is enough for it; a token is never looked into, only the broker can judge it.
"""

import base64
import functools
import json
import re
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus, urlencode
from urllib.request import HTTPSHandler, Request, build_opener

import structlog

from shared.connect.redirects import NoRedirects
from shared.connect.tls import TlsFiles
from shared.contracts.errors import SettingError, TransientError

log = structlog.get_logger()

ANSWER_SECONDS = 10.0
ANSWER_BYTES_MAX = 256 * 1024
LIFE_SECONDS = 300.0
"""Lifetime of a token whose endpoint tells none."""
RENEW_AFTER = 0.8
"""Part of its lifetime after which a token is replaced, as Kafka's own clients do."""
SPARE_SECONDS = 5.0
AGAIN_SECONDS = 2.0
"""An endpoint that gave no token is left alone so long; each connection would wait for it anew."""
REFUSED_SECONDS = 30.0
"""A token that a broker refuses is replaced if it is older: a fresh one would fare no better."""
_CREDENTIALS = "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD"
_TOKEN = re.compile(r"[\x21-\x7e]+")
_WORDS_MAX = 200
_LATER = frozenset({408, 425, 429})
"""Answers below 500 that a later try may cure."""


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Where tokens come from, and what is asked for.

    `extensions` are sent to the broker beside the token. Example:
    `TokenSettings("https://idp/token", scope="kafka", extensions=(("logicalCluster", "lkc-1"),))`.
    """

    url: str = ""
    scope: str = ""
    extensions: tuple[tuple[str, str], ...] = ()
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and until when it is good, in Unix seconds; from `renew_at` on it is replaced."""

    value: str = field(repr=False)
    expires_at: float
    renew_at: float
    asked_at: float = 0.0


class TokenSource:
    """Keeps one token of one client, for all connections of this process.

    `client` and `secret` are its credentials at the token endpoint. Safe to use from many threads.
    Example: `TokenSource.of(settings, "svc", "s3cret").token().value`.
    """

    def __init__(self, settings: TokenSettings, client: str, secret: str) -> None:
        self._settings = settings
        self._client, self._secret = client, secret
        self._asking = threading.Lock()
        self._token: Token | None = None
        self._failure: SettingError | TransientError | None = None
        self._again_at = 0.0

    @classmethod
    def of(cls, settings: TokenSettings, client: str, secret: str) -> "TokenSource":
        """Return the source of these settings and credentials: the same one at each call."""
        return _source(settings, client, secret)

    @property
    def extensions(self) -> Mapping[str, str]:
        """Names and values that are sent to the broker beside the token."""
        return dict(self._settings.extensions)

    def token(self) -> Token:
        """Return a token that is good for now, asking the endpoint for one where needed.

        Raises SettingError, which names the fix, if the endpoint refuses, and TransientError if it
        does not answer; while the token at hand is still good, that one is returned instead.
        """
        at_hand, now = self._token, time.time()
        if at_hand and now < at_hand.renew_at:
            return at_hand
        still_good = at_hand if at_hand and now <= at_hand.expires_at - SPARE_SECONDS else None
        # One at a time: connections that open together would each ask for a token of their own.
        # Where the one at hand still opens, nobody else waits: an endpoint may hang.
        if still_good is None:
            self._asking.acquire()
        elif not self._asking.acquire(blocking=False):
            return still_good
        try:
            return self._renewed(still_good)
        finally:
            self._asking.release()

    def refused(self) -> None:
        """Forget a token that a broker refused, so that the next connection asks for another one.

        Example: the endpoint signs with another key since, and brokers no longer know the old one.
        """
        if self._token and time.time() - self._token.asked_at > REFUSED_SECONDS:
            self._token = None

    def _renewed(self, still_good: Token | None) -> Token:
        """Return a new token; `still_good`, if there is one, where the endpoint gives none."""
        at_hand = self._token
        if at_hand and time.time() < at_hand.renew_at:
            return at_hand  # another connection has got it meanwhile
        try:
            self._token = self._ask_unless_just_failed()
        except (SettingError, TransientError) as failure:
            # A broker looks at a token only when a connection opens: the old one still opens.
            if still_good is None:
                raise
            left = round(still_good.expires_at - time.time())
            log.warning("no new token for Kafka yet", cause=str(failure), good_seconds=left)
            return still_good
        return self._token

    def _ask_unless_just_failed(self) -> Token:
        if self._failure and time.monotonic() < self._again_at:
            raise type(self._failure)(str(self._failure))
        try:
            token = self._ask(time.time())
        except (SettingError, TransientError) as failure:
            self._failure, self._again_at = failure, time.monotonic() + AGAIN_SECONDS
            raise
        self._failure = None
        return token

    def _ask(self, now: float) -> Token:
        asks = {"grant_type": "client_credentials", "scope": self._settings.scope}
        body = urlencode({name: value for name, value in asks.items() if value})
        # Encoded (RFC 6749, section 2.3.1): a colon in the client's id would end it before its end.
        pair = f"{quote_plus(self._client)}:{quote_plus(self._secret)}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        request = Request(self._settings.url, body.encode(), headers, method="POST")  # noqa: S310 - the setting takes http and https alone
        tls_files = TlsFiles("KAFKA_TOKEN", ca=self._settings.ca_file)
        opener = build_opener(NoRedirects(), HTTPSHandler(context=tls_files.context()))
        where = f"the token endpoint {self._settings.url}"
        try:
            with opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return self._read(answer.read(ANSWER_BYTES_MAX), now)
        except HTTPError as failure:
            raise self._refusal(failure) from failure
        except URLError as failure:
            if isinstance(failure.reason, ssl.SSLError):
                raise _tls_refusal(where, failure.reason) from failure
            raise TransientError(f"{where}: {failure.reason}") from failure
        except (OSError, HTTPException) as failure:
            words = str(failure) or type(failure).__name__
            raise TransientError(f"{where}: {words}") from failure

    def _read(self, body: bytes, now: float) -> Token:
        answer = _json_object(body)
        value = answer.get("access_token")
        if not isinstance(value, str) or not _TOKEN.fullmatch(value):
            raise self._no_endpoint("200, without an access_token")
        try:
            life = float(answer.get("expires_in") or LIFE_SECONDS)
        except (TypeError, ValueError):
            life = LIFE_SECONDS
        life = max(1.0, min(life, 86_400.0))
        return Token(value, now + life, now + life * RENEW_AFTER, now)

    def _refusal(self, failure: HTTPError) -> Exception:
        """Return the error for an answer that is no token: what to set, or that it may pass."""
        where, status = f"the token endpoint {self._settings.url}", failure.code
        if status >= 500 or status in _LATER:
            return TransientError(f"{where}: it answers {status}")
        try:
            answer = _json_object(failure.read(ANSWER_BYTES_MAX))
        except (OSError, HTTPException):
            answer = {}
        error = self._hidden(answer.get("error"))
        words = ": ".join(filter(None, (error, self._hidden(answer.get("error_description")))))
        if error == "invalid_scope":
            scope = self._settings.scope
            fix = "set what it grants this client" if scope else "it wants one: set it"
            return SettingError(
                f"SENTUH_KAFKA_TOKEN_SCOPE: {where} refuses the scope {scope!r} ({words}): {fix}"
            )
        if error in ("unauthorized_client", "unsupported_grant_type"):
            return SettingError(
                f"SENTUH_KAFKA_USER: {where} gives client {self._client!r} no token for client"
                f" credentials ({words}): allow that client this grant there, or name another"
            )
        if error == "invalid_client" or status in (401, 403):
            return SettingError(
                f"{_CREDENTIALS}: {where} refuses client {self._client!r} with this secret"
                f" ({words or status}): correct them"
            )
        return self._no_endpoint(f"{status}{words and f', {words}'}")

    def _no_endpoint(self, shown: str) -> SettingError:
        return SettingError(
            f"SENTUH_KAFKA_TOKEN_URL: {self._settings.url} gives no token (it answers {shown}): set"
            " the token endpoint of your identity provider, and what it wants in"
            " SENTUH_KAFKA_TOKEN_SCOPE"
        )

    def _hidden(self, words: object) -> str:
        """Return the endpoint's words in one line, without our secret should they hold it."""
        shown = words if isinstance(words, str) else ""
        # Hidden before it is cut: the beginning of a secret is a secret too.
        return _line(shown.replace(self._secret, "***") if self._secret else shown)


@functools.cache
def _source(settings: TokenSettings, client: str, secret: str) -> TokenSource:
    return TokenSource(settings, client, secret)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _line(words: object) -> str:
    """Return text of a server as one short line that can be printed; "" if it is no text."""
    shown = words if isinstance(words, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())[:_WORDS_MAX]


def _tls_refusal(where: str, failure: ssl.SSLError) -> SettingError:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return SettingError(
            f"SENTUH_KAFKA_TOKEN_CA_FILE: the certificate of {where} is not trusted"
            f" ({failure.verify_message}): name the file of the authority that signed it"
        )
    return SettingError(
        f"SENTUH_KAFKA_TOKEN_URL: {where} speaks no TLS at this port ({failure.reason}): correct"
        " either"
    )
