"""A token states what was promised; whoever changes a bit of it is refused, with the reason."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.catalog import load
from services.router import tokens
from services.router.tokens import Keys
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.parts import Claims, Quote
from shared.contracts.events.responses import TOKEN_CHARACTERS_MAX, OfferAnswered
from shared.contracts.question import Question
from shared.contracts.questions.choice import ChoiceQuestion
from shared.contracts.topics import RESPONSES, Names
from tests.support.builders import NOW, OPTIONS, POOL, TASK_TYPE, a_quote, options_of
from tests.support.in_memory import record_of

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
    asks=ChoiceQuestion(OPTIONS),
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
    assert len(tokens.sha256_of(TOKEN)) == 64


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


def largest_question(home: Path) -> Question:
    """The question of the largest task type a catalog may have, as far as tokens are concerned."""
    labels = [f"{number:02}" + "\U0001d538" * 80 for number in range(50)]
    row = {
        "pool": "main",
        "question": "Which?",
        "options": labels,
        "gate": {"threshold": 0.8, "audit_share": 0.05},
        "answers": {"min": 1, "max": 1},
        "stopping": {"confidence": 0.9},
        "times": {"accept_seconds": 60, "answer_seconds": 60, "task_seconds": 3600},
        "rate_card": "glance",
    }
    cards = {"glance": {"currency": "USD", "amount_minor": 1}}
    path = home / "catalog.yaml"
    said = {"skills": {}, "rate_cards": cards, "task_types": {TASK_TYPE: row}}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return load(path).policy(TASK_TYPE, NOW).asks


def test_the_longest_legal_token_comes_back_in_an_answer(tmp_path: Path) -> None:
    claims = Claims(
        pool="p" * 40,
        task_id="t" * 200,
        task_type="k" * 64,
        lane="f" * 16,
        assignment_id="a" * 200,
        worker_id="w" * 200,
        place=99,
        turn=2**53,
        quote=Quote(amount_minor=10**12, currency="USD", exponent=4),
        asks=largest_question(tmp_path),
        accept_by=NOW.replace(microsecond=999_999),
        answer_by=NOW.replace(microsecond=999_999),
    )
    keys = Keys.of(f"{'k' * 64}={'s' * 32}")
    answered = OfferAnswered(
        pool=claims.pool,
        at=NOW,
        task_id=claims.task_id,
        worker_id=claims.worker_id,
        token=tokens.sign(claims, keys),
        answer=options_of(claims.asks)[-1],
    )
    sent = envelope.encode(answered, Names(), source="app", cause="c", traceparent="")
    _, read = envelope.decode(record_of(sent), RESPONSES)

    assert isinstance(read, OfferAnswered)
    assert tokens.verify(read.token, keys) == claims
    assert 8_192 < len(read.token) < TOKEN_CHARACTERS_MAX


MANY = ChoiceQuestion(tuple(f"intent {number}" for number in range(500)))


def test_a_token_of_500_options_is_short_and_checks_an_answer() -> None:
    token = tokens.sign(CLAIMS.model_copy(update={"asks": MANY}), KEYS)
    asked = tokens.verify(token, KEYS).asks

    assert len(token) < 6 * 1024
    assert asked.problem_with("intent 499") is None
    assert asked.problem_with("intent 500")
    for part in (token.replace("~", ""), token[:-50], token.replace("~", "~A")):
        assert reason(part) in {"bad_signature", "bad_token"}


def test_a_token_with_the_labels_of_an_older_build_is_honoured() -> None:
    labels = json.dumps(MANY.options[:60])
    stated = CLAIMS.model_dump_json().replace('["cat","dog","bird"]', labels)
    payload = base64.urlsafe_b64encode(stated.encode()).rstrip(b"=").decode()
    old = f"new.{payload}.{tokens._mac(KEYS, 'new', payload)}"

    assert tokens.verify(old, KEYS).asks == ChoiceQuestion(MANY.options[:60])


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
    with pytest.raises(ValueError, match=r"give name=secret|32 bytes|twice") as failure:
        Keys.of(pairs)

    said = str(failure.value)
    assert "twice" in said or "`echo k1=$(openssl rand -hex 32)` makes one" in said
    assert not [secret for secret in ("short", "s" * 32, "t" * 32) if secret in said]


def test_secrets_are_in_no_text_of_the_keys() -> None:
    assert "n" * 32 not in repr(KEYS)
