"""Signs and verifies the tokens of offers: a token states what a worker was offered.

It is `kid.payload.mac`: key id, claims as JSON, and HMAC-SHA256 over `kid.payload`; the last two in
base64url without padding. Where the answers are many, `~` and their digests, in base64url too,
follow the claims within the payload. It proves the offer even if Redis has lost it.
Example: `k1.eyJwb29sIjoi...` is signed with the secret `k1`.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from pydantic import ValidationError

from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Claims

SECRET_BYTES_MIN = 32
KEYED_HEX = 16
"""Hex digits of a keyed digest: enough to tell whether an answer is the draft."""
_SHAPE = re.compile(
    r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]+(?:~[A-Za-z0-9_-]+)?)\.([A-Za-z0-9_-]*)"
)
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAKE = "`echo k1=$(openssl rand -hex 32)` makes one; names are of letters, digits, - and _"


@dataclass(frozen=True)
class Keys:
    """Secrets by key id, for signing tokens and verifying them.

    signing: the id of the secret that signs new tokens. secrets: all of them verify, so that tokens
    under an older one stay valid.
    """

    signing: str
    secrets: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def keyed(self) -> Mapping[str, hmac.HMAC]:
        """A MAC object for each secret, to be copied: making one takes longer than signing."""
        return {kid: hmac.new(secret, digestmod=sha256) for kid, secret in self.secrets.items()}

    @classmethod
    def of(cls, pairs: str) -> "Keys":
        """Parse `kid=secret,kid=secret`, of which the first signs; raises ValueError for bad text.

        A secret needs 32 bytes or more, and each id must be unique. No error text holds a secret.
        Example: `k2=...,k1=...` signs with `k2` and still verifies tokens of `k1`.
        """
        secrets: dict[str, bytes] = {}
        for pair in pairs.split(","):
            kid, equals, secret = pair.strip().partition("=")
            if not equals or not _KID.fullmatch(kid):
                raise ValueError(f"give name=secret, several between commas: {_MAKE}")
            if len(secret.encode()) < SECRET_BYTES_MIN:
                raise ValueError(f"a secret needs {SECRET_BYTES_MIN} bytes or more: {_MAKE}")
            if kid in secrets:
                raise ValueError("a name is given twice: give each key one of its own")
            secrets[kid] = secret.encode()
        return cls(next(iter(secrets)), secrets)


def sign(claims: Claims, keys: Keys) -> str:
    """Return the token of these claims; the same claims and key always give the same token."""
    asked, digests = claims.asks.in_token()
    stated = claims if asked is claims.asks else claims.model_copy(update={"asks": asked})
    payload = _text(stated.model_dump_json(exclude_none=True).encode())
    if digests:
        payload = f"{payload}~{_text(digests)}"
    return f"{keys.signing}.{payload}.{_mac(keys, keys.signing, payload)}"


def sha256_of(token: str) -> str:
    """Return the SHA-256 of a token in hex, which the journal holds in place of the token."""
    return sha256(token.encode()).hexdigest()


def draft_key(keys: Keys, kid: str, assignment_id: str) -> bytes:
    """Return the key under which the token of an assignment states what its draft says.

    It follows from the secret `kid`. No text that `_mac` signs begins as this one: a key id has no
    control character.
    """
    mac = keys.keyed[kid].copy()
    mac.update(f"draft\x1f{assignment_id}".encode())
    return mac.digest()


def keyed(digest: str, key: bytes) -> str:
    """Return a digest that nobody can compare with guesses of their own who lacks the key."""
    return hmac.new(key, digest.encode(), sha256).hexdigest()[:KEYED_HEX]


def kid_of(token: str) -> str:
    """Return the id of the key that signed a token."""
    return token.partition(".")[0]


def verify(token: str, keys: Keys) -> Claims:
    """Return the claims that a token states, after its signature was checked.

    Raises Refused with `bad_token` (no token, or no claims in it), `bad_key` (unknown key id) or
    `bad_signature` (it was changed).
    Example: a token whose payload was edited raises `bad_signature`.
    """
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        raise Refused(Reason.BAD_TOKEN, "token: send that of the offer as it was, unchanged")
    kid, payload, mac = shape.groups()
    if kid not in keys.secrets:
        raise Refused(
            Reason.BAD_KEY, "token: its key was retired, or never was: answer a newer offer"
        )
    if not hmac.compare_digest(mac, _mac(keys, kid, payload)):
        raise Refused(Reason.BAD_SIGNATURE, "token: it was changed: send it as it was in the offer")
    # Only below the MAC: before it, nothing in the payload is the router's word.
    stated, _, digests = payload.partition("~")
    try:
        claims = Claims.model_validate_json(_bytes(stated))
        asked = claims.asks.from_token(_bytes(digests) if digests else b"")
        return claims if asked is claims.asks else claims.model_copy(update={"asks": asked})
    except (ValueError, ValidationError) as failure:
        raise Refused(
            Reason.BAD_TOKEN, "token: it states nothing this service reads: answer a newer offer"
        ) from failure


def _mac(keys: Keys, kid: str, payload: str) -> str:
    mac = keys.keyed[kid].copy()
    mac.update(f"{kid}.{payload}".encode())
    return _text(mac.digest())


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
