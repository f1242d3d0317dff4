"""A token states what was promised; whoever changes a bit of it is refused, with the reason."""

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router import tokens
from services.router.tokens import Keys
from shared.errors import Refused
from shared.events.parts import Claims
from tests.builders import NOW, OPTIONS, POOL, TASK_TYPE, a_quote

KEYS = Keys.of(f"new={'n' * 32},old={'o' * 32}")
CLAIMS = Claims(
    pool=POOL,
    task_id="t-1",
    task_type=TASK_TYPE,
    lane="1a2b",
    assignment_id="a-1",
    worker_id="w-1",
    place=0,
    turn=1,
    quote=a_quote(),
    options=OPTIONS,
    accept_by=NOW,
    answer_by=NOW + timedelta(seconds=60),
)
TOKEN = tokens.sign(CLAIMS, KEYS)


def reason(token: str, keys: Keys = KEYS) -> str:
    with pytest.raises(Refused) as refused:
        tokens.verify(token, keys)
    return refused.value.reason.value


def test_a_token_states_its_claims() -> None:
    assert tokens.verify(TOKEN, KEYS) == CLAIMS


def test_the_same_claims_give_the_same_token() -> None:
    assert tokens.sign(CLAIMS.model_copy(), KEYS) == TOKEN
    assert len(tokens.hash_of(TOKEN)) == 64


def test_an_older_key_still_verifies_until_it_is_retired() -> None:
    old = tokens.sign(CLAIMS, Keys.of(f"old={'o' * 32}"))

    assert tokens.verify(old, KEYS) == CLAIMS
    assert reason(old, Keys.of(f"new={'n' * 32}")) == "bad_key"


@pytest.mark.parametrize(
    "token", ["", "...", "a.b", "a.b.c.d", "new.p*yload.mac", "new.päyload.mac", "new..mac", " "]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert reason(token) == "bad_token"


def test_a_token_of_no_algorithm_is_refused() -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()

    assert reason(f"{header}.{TOKEN.split('.')[1]}.") == "bad_key"


def test_a_signed_text_that_is_no_claims_is_refused() -> None:
    payload = base64.urlsafe_b64encode(b"[]").rstrip(b"=").decode()
    mac = tokens._mac(KEYS, "new", payload)

    assert reason(f"new.{payload}.{mac}") == "bad_token"


@given(st.integers(min_value=0, max_value=8 * len(TOKEN) - 1))
def test_no_bit_can_be_changed(bit: int) -> None:
    raw = bytearray(TOKEN.encode())
    raw[bit // 8] ^= 1 << bit % 8
    changed = raw.decode("latin-1")

    assert reason(changed) in {"bad_signature", "bad_token", "bad_key"}


@given(st.integers(min_value=0, max_value=255))
def test_a_bit_of_the_mac_is_a_bad_signature(bit: int) -> None:
    kid, payload, mac = TOKEN.split(".")
    raw = bytearray(base64.urlsafe_b64decode(mac + "="))
    raw[bit // 8] ^= 1 << bit % 8
    changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()

    assert reason(f"{kid}.{payload}.{changed}") == "bad_signature"


@pytest.mark.parametrize(
    "pairs",
    ["", "k1", f"={'s' * 32}", "k1=short", f"k 1={'s' * 32}", f"k1={'s' * 32},k1={'t' * 32}"],
)
def test_keys_that_cannot_be_used_are_refused(pairs: str) -> None:
    with pytest.raises(ValueError, match=r"give kid=secret|32 bytes|twice"):
        Keys.of(pairs)


def test_secrets_are_in_no_text_of_the_keys() -> None:
    assert "n" * 32 not in repr(KEYS)
