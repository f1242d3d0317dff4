"""Hands tokens to the two Kafka clients, and has aiokafka hear of a token that a broker refuses."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiokafka import conn
from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaConnectionError, SaslAuthenticationFailed

from shared.connect.tokens import TokenSource
from shared.contracts.errors import SettingError, TransientError

TokenCall = Callable[[str], tuple[str, float, str, dict[str, str]]]


class AiokafkaTokens(AbstractTokenProvider):  # type: ignore[misc]
    """Hands the tokens of a source to aiokafka's clients."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        # aiokafka takes no other login from its callers; it looks this name up at each connection.
        conn.OAuthAuthenticator = _HearingLogin

    async def token(self) -> str:
        """Return a token; a failure is one of the connection, which the clients try again."""
        try:
            return (await asyncio.to_thread(self._source.token)).value
        except (SettingError, TransientError) as failure:
            raise KafkaConnectionError(str(failure)) from failure

    def refused(self) -> None:
        """Have the source forget a token that a broker refused."""
        self._source.refused()

    def extensions(self) -> Mapping[str, str]:
        """Return names and values that are sent beside the token."""
        return self._source.extensions


def for_librdkafka(source: TokenSource, client: str) -> TokenCall:
    """Return the function that confluent-kafka's clients ask for a token and its end."""

    def asked(_: str) -> tuple[str, float, str, dict[str, str]]:
        token = source.token()
        return token.value, token.expires_at, client, dict(source.extensions)

    return asked


class _HearingLogin(conn.OAuthAuthenticator):  # type: ignore[misc]
    """Logs in with a token, and fails where the broker refuses it.

    A broker names the fault in the bytes of an answer without error code (RFC 7628, section 3.2.2).
    aiokafka does not read them: it would take itself for logged in, and read an answer to its next
    request that says nothing.
    """

    async def step(self, payload: bytes | None) -> Any:
        """Return what to send next, or None when logged in."""
        if payload and (fault := _fault_in(payload)):
            self._sasl_oauth_token_provider.refused()
            raise SaslAuthenticationFailed(fault)
        return await super().step(payload)


def _fault_in(answer: bytes) -> str:
    """Return the fault that a broker names in its answer to a token; "" if it took the token."""
    try:
        fault = json.loads(answer)
    except ValueError:
        return "it does not say why"
    return str(fault.get("status") or "") if isinstance(fault, dict) else ""
