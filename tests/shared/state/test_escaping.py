"""No two ids give one key, field, member or natural id, and every id comes back as it was sent."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake import keys as intake
from services.payout import keys as payout
from services.payout import ledger
from services.qa import keys as qa
from services.router import keys as router
from shared.contracts.events.assignment_facts import assignment_id
from shared.contracts.events.model import ID_PATTERN, natural_id
from shared.state.escaping import escaped, unescaped

IDS = st.from_regex(ID_PATTERN, fullmatch=True)
POOL = "main"
KEYS: list[Callable[[str], str]] = [
    intake.output,
    lambda id_: payout.job(POOL, id_),
    lambda id_: payout.account(POOL, ledger.pending(id_, "USD")),
    lambda id_: payout.account(POOL, ledger.payable(id_, "USD")),
    lambda id_: qa.task(POOL, id_),
    lambda id_: qa.reliability(POOL, "animals", id_),
    lambda id_: router.task(POOL, id_),
    lambda id_: router.content(POOL, id_),
    lambda id_: router.late(POOL, id_),
    lambda id_: router.worker(POOL, id_),
    lambda id_: router.places(POOL, id_),
    lambda id_: router.lanes_of_worker(POOL, id_),
]
"""Every key that is named for an id."""
FIELDS: list[Callable[[str], str]] = [
    payout.line,
    payout.confirmed,
    router.seat,
    router.digest,
    lambda id_: qa.answer(id_, "a-1"),
    lambda id_: qa.answer("w-1", id_),
]
"""Every field that is named for an id."""


@given(text=st.text())
@example(text="auth0|5f7c")
@example(text="%")
@example(text="%3A:")
def test_an_id_comes_back_as_it_was(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not re.search(r"[:{}*?\[\]\\\s^]", escaped(text))


@given(id_=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~@/+=-]{0,199}", fullmatch=True))
def test_ids_without_other_characters_stand_as_they_are(id_: str) -> None:
    assert escaped(id_) == id_


@given(first=IDS, second=IDS)
@example(first="a", second="a:lanes")
@example(first="a", second="a:places")
@example(first="t", second="t:content")
@example(first="a|b", second="a%7Cb")
def test_no_two_ids_have_a_key_or_a_field_in_common(first: str, second: str) -> None:
    if first == second:
        return
    assert not {name(first) for name in KEYS} & {name(second) for name in KEYS}
    assert not {name(first) for name in FIELDS} & {name(second) for name in FIELDS}
    assert len({name(first) for name in KEYS}) == len(KEYS)


@given(worker=IDS, assignment=IDS)
def test_worker_and_assignment_are_read_back_from_an_answer(worker: str, assignment: str) -> None:
    assert qa.answered(qa.answer(worker, assignment)) == (worker, assignment)


@given(one=st.tuples(IDS, IDS), other=st.tuples(IDS, IDS))
@example(one=("a:b", "c"), other=("a", "b:c"))
@example(one=("a|b", "c"), other=("a", "b|c"))
def test_two_pairs_of_ids_have_two_natural_ids(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    if one == other:
        return
    assert natural_id(*one) != natural_id(*other)
    assert assignment_id(*one) != assignment_id(*other)


@pytest.mark.parametrize(
    "id_",
    [
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "google-oauth2|12341123123",
        "name:clinic;lsn:29274832;txId:565",
        "arn:aws:iam::123456789012:user/David",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "https://idp.example.org/shibboleth!https://sp.example.org!a+B/c=",
        "wg-j.o'tester",
        "_ebaa3a311a590637ceac45648057acdf3b5e52a399",
        "-NxK_3aB-9",
        "/subscriptions/1/resourceGroups/rg",
        "uid=jo,ou=people",
        "50%25&x=(1)#$",
    ],
)
def test_ids_that_other_programs_make_are_taken(id_: str) -> None:
    assert re.search(ID_PATTERN, id_)


@pytest.mark.parametrize(
    "id_",
    ["", "a b", "a:b{c}*", "a[1]", "a?", "a^b", 'a"b', "a\\b", "a`b", "<b>", "o\n", "o\u200b",
     "\uff4f1", "=1+1", "+1", "@sum", "-1+1", "-1|cmd", ":a", "|a", "o" * 201],
)  # fmt: skip
def test_ids_that_split_keys_match_globs_or_begin_formulas_are_refused(id_: str) -> None:
    assert not re.fullmatch(ID_PATTERN, id_)
