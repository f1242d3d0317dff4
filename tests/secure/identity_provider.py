"""An identity provider on loopback: gives signed tokens for client credentials, and shows its keys.

Tokens are asked for over TLS at `token_url`; a broker reads the public key at `keys_url`.
"""

import base64
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.secure.authority import Authority

SCOPE, AUDIENCE, ISSUER, KEY = "kafka", "kafka-of-tests", "https://identity.test", "key-1"


class IdentityProvider:
    """Knows clients by `secret_of`; `life_seconds` is that of the next tokens.

    `trusted` False signs with a key that no broker knows. `asked` counts what it was asked for.
    """

    def __init__(self, authority: Authority) -> None:
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        self._other = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        self.secrets: dict[str, str] = {}
        self.life_seconds = 300
        self.trusted = True
        self.asked: list[dict[str, str]] = []
        identity = authority.signs("identity")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.certificate, identity.key)
        self._open, self._closed = self._server(), self._server()
        self._closed.socket = context.wrap_socket(self._closed.socket, server_side=True)
        self.keys_url = f"http://127.0.0.1:{self._open.server_port}/keys"
        self.bare_url = f"http://127.0.0.1:{self._open.server_port}/token"
        self.token_url = f"https://127.0.0.1:{self._closed.server_port}/token"

    def __enter__(self) -> "IdentityProvider":
        for server in (self._open, self._closed):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._open, self._closed):
            server.shutdown()
            server.server_close()

    def _server(self) -> ThreadingHTTPServer:
        return ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))

    def keys(self) -> dict[str, Any]:
        """The public key as a JWK set."""
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY,
            "n": _in_base64(numbers.n.to_bytes(256, "big")),
            "e": _in_base64(numbers.e.to_bytes(3, "big")),
        }
        return {"keys": [key]}

    def granted(self, login: str, asks: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer to these credentials and this request."""
        self.asked.append(asks)
        kind, _, pair = login.partition(" ")
        client, _, secret = map(unquote_plus, base64.b64decode(pair).decode().partition(":"))
        if kind != "Basic" or self.secrets.get(client) != secret:
            return 401, {"error": "invalid_client", "error_description": "no such secret"}
        if asks.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        if asks.get("scope") != SCOPE:
            return 400, {"error": "invalid_scope"}
        return 200, {
            "access_token": self._signed(client),
            "token_type": "Bearer",
            "expires_in": self.life_seconds,
        }

    def _signed(self, client: str) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "kid": KEY, "typ": "JWT"}
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": client,
            "scope": SCOPE,
            "iat": now,
            "exp": now + self.life_seconds,
        }
        parts = [_in_base64(json.dumps(part).encode()) for part in (header, claims)]
        key = self._key if self.trusted else self._other
        signature = key.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
        return ".".join([*parts, _in_base64(signature)])


def _handler_of(provider: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/keys"
            self._answer(200 if found else 404, provider.keys() if found else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asks = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path != "/token":
                self._answer(404, {})
            else:
                self._answer(*provider.granted(self.headers["Authorization"], asks))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _in_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
