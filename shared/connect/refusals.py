"""Turns a refused connection into one line that names setting and fix, and shows no secret."""

import os
import socket
import ssl
from asyncio import IncompleteReadError
from collections.abc import Callable, Iterator

from aiokafka import errors as kafka
from redis import exceptions as redis

from shared.connect.access import KafkaAccess, RedisAccess
from shared.contracts.errors import SettingError

Refusal = Callable[[BaseException], SettingError | None]
_OURS = ("CERTIFICATE_REQUIRED", "ALERT_", "HANDSHAKE_FAILURE")
"""Parts of OpenSSL's reasons with which a server refuses the client's certificate."""
_EXPIRED, _NOT_YET = 10, 9
"""OpenSSL's numbers for a certificate that has expired, or is not valid yet."""
_NO_MECHANISM = (kafka.UnsupportedSaslMechanismError, kafka.IllegalSaslStateError)
_NO_LOGIN = (
    kafka.SaslAuthenticationFailed,
    kafka.AuthenticationFailedError,
    *_NO_MECHANISM,
)
_IN_FUNCTION = "ACL failure in script: "
_NO_RIGHT = (
    kafka.TopicAuthorizationFailedError,
    kafka.GroupAuthorizationFailedError,
    kafka.ClusterAuthorizationFailedError,
)


def kafka_refusal(access: KafkaAccess, failure: BaseException) -> SettingError | None:
    """Return what the operator must change so that Kafka answers; None if a retry may help."""
    where = f"Kafka at {access.servers}"
    for cause in _causes(failure):
        if isinstance(cause, SettingError):
            return cause
        if isinstance(cause, _NO_LOGIN):
            return _login_refusal(access, cause)
        if isinstance(cause, _NO_RIGHT):
            return SettingError(
                f"{access.identity_setting}: {where} denies {access.identity} a right"
                f" ({type(cause).__name__}): grant what `sentuh topics acls` prints"
            )
        if isinstance(cause, ssl.SSLError):
            return _tls_refusal(where, "KAFKA", "SENTUH_KAFKA_SECURITY", cause)
    return None


def _login_refusal(access: KafkaAccess, cause: kafka.KafkaError) -> SettingError:
    """Return what to change where Kafka takes no login by this mechanism, or not this one."""
    where = f"Kafka at {access.servers}"
    if isinstance(cause, _NO_MECHANISM):
        return SettingError(
            f"SENTUH_KAFKA_SECURITY, SENTUH_KAFKA_SASL_MECHANISM: a listener of {where} takes no"
            f" {access.mechanism}: set what it takes, or name another port"
        )
    if access.tokens:
        words = " ".join(str(cause.args[0] if cause.args else "").split())
        return SettingError(
            f"SENTUH_KAFKA_TOKEN_URL, SENTUH_KAFKA_TOKEN_SCOPE: {where} refuses the token that"
            f" {access.token_settings.url} gave client {access.user!r} ({words}): see that its"
            " brokers trust this endpoint, and expect the issuer, audience and scope it writes"
        )
    return SettingError(
        f"SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD: {where} refuses user {access.user!r} with this"
        f" password: correct them, or give that user a {access.mechanism} password there"
    )


def redis_refusal(access: RedisAccess, failure: BaseException) -> SettingError | None:
    """Return what the operator must change so that Redis answers; None if a retry may help."""
    where = f"Redis at {access.where}"
    for cause in _causes(failure):
        if not_permitted(cause):
            return SettingError(
                f"SENTUH_REDIS_USER: {where} does not permit all we do ({reply_of(cause)}): give"
                " the user what `sentuh redis users` prints for it"
            )
        if isinstance(cause, redis.AuthenticationError):
            words = (
                f"refuses them ({reply_of(cause)}): correct them, or what SENTUH_REDIS_URL says of"
                " them"
                if access.secret
                else "wants a password and none is set: set it"
            )
            return SettingError(f"SENTUH_REDIS_USER, SENTUH_REDIS_PASSWORD: {where} {words}")
        if isinstance(cause, redis.MovedError | redis.CrossSlotTransactionError):
            return SettingError(
                f"SENTUH_REDIS_CLUSTER: {where} is a node of a cluster: set it to true"
            )
        if "luster mode is not enabled" in str(cause):
            return SettingError(
                f"SENTUH_REDIS_CLUSTER: {where} is one server and no cluster: set it to false"
            )
        if isinstance(cause, ssl.SSLError):
            return _tls_refusal(where, "REDIS", "SENTUH_REDIS_URL", cause)
    return None


def why(failure: BaseException) -> str:
    """Return the cause of a failure that may pass, in words that quote no payload."""
    causes = tuple(_causes(failure))
    words = next(filter(None, map(_plainly, causes)), "")
    if words:
        return words
    if any(map(_closed, causes)):
        return "it ends the connection: is it TLS where we are not, or the other way round?"
    return type(failure).__name__


def _plainly(cause: BaseException) -> str:
    """Return the cause that one exception tells by itself; "" where it does not."""
    words = ""
    match cause:
        case socket.gaierror():
            words = "no such host name"
        case ConnectionRefusedError():
            words = "nothing listens there"
        case TimeoutError() | redis.TimeoutError() | kafka.KafkaTimeoutError():
            words = "no answer"
        case redis.RedisError() if cause.status_code or isinstance(cause, redis.ResponseError):
            words = f"it says: {reply_of(cause)}"
        case redis.RedisClusterException() if "not covered" in str(cause):
            words = "nobody serves some slots of the cluster"
        case OSError() if not isinstance(cause, ssl.SSLError) and not _closed(cause):
            words = os.strerror(cause.errno) if cause.errno else str(cause)
    return words


def _closed(cause: BaseException) -> bool:
    """Whether the other side closed an open connection."""
    if isinstance(cause, kafka.KafkaConnectionError | redis.ConnectionError):
        return "closed" in str(cause) or "broken" in str(cause)
    cut = ConnectionResetError | ConnectionAbortedError | BrokenPipeError
    return isinstance(cause, cut | IncompleteReadError | ssl.SSLError)


def not_permitted(failure: BaseException) -> bool:
    """Whether Redis denies its user a command or key, also inside a function."""
    inside = any(part in str(failure) for part in ("ACL failure", "executing the script can't"))
    return isinstance(failure, redis.NoPermissionError) or (
        inside and isinstance(failure, redis.ResponseError)
    )


def reply_of(failure: BaseException) -> str:
    """Return the words of Redis in an error.

    In a pipeline redis-py puts the whole command before them, with its payload; that is cut off,
    and so is where in a function the error was.
    """
    words = str(failure).rpartition("caused error: ")[2].replace(_IN_FUNCTION, "")
    return words.partition(" script: ")[0].strip().rstrip(".")


def _tls_refusal(where: str, names: str, switch: str, failure: ssl.SSLError) -> SettingError | None:
    if isinstance(failure, ssl.SSLCertVerificationError):
        words = failure.verify_message
        if "mismatch" in words:
            return SettingError(
                f"{where} shows a certificate for another name ({words}): call it what its"
                " certificate does, or have one made for that name"
            )
        if failure.verify_code in (_EXPIRED, _NOT_YET):
            return SettingError(
                f"{where} shows a certificate of no use today ({words}): have it renewed, or"
                " set this machine's clock right"
            )
        return SettingError(
            f"SENTUH_{names}_CA_FILE: the certificate of {where} is not trusted ({words}):"
            " name the file of the authority that signed it"
        )
    reason = failure.reason or ""
    if any(part in reason for part in _OURS):
        return SettingError(
            f"SENTUH_{names}_CERTIFICATE_FILE: {where} refuses what we show ({reason}):"
            f" give a certificate that its authority signed, with SENTUH_{names}_KEY_FILE"
        )
    if "EOF" in reason:
        return None
    return SettingError(f"{switch}: {where} speaks no TLS at this port ({reason}): correct either")


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, the latest first."""
    visited: set[int] = set()
    at: BaseException | None = failure
    while at is not None and id(at) not in visited:
        visited.add(id(at))
        yield at
        at = at.__cause__ or at.__context__
