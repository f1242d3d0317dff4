"""Headers of ours under the spellings people write; what is ambiguous or would be lost."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Reason, Refused
from shared.contracts.own_headers import own_headers
from shared.contracts.record import Record

Pairs = Sequence[tuple[str, str]]


def a_record(pairs: Pairs) -> Record:
    headers = tuple((name, text.encode("utf-8", "replace")) for name, text in pairs)
    return Record("presence", 0, 1, b"w-1", b"{}", headers, 0)


def refusal_of(*pairs: tuple[str, str]) -> Refused:
    with pytest.raises(Refused) as refused:
        own_headers(a_record(pairs))
    return refused.value


@pytest.mark.parametrize("prefix", ["ce_", "ce-", "CE_", "Ce-", "CE-", "cE_"])
def test_an_attribute_is_read_under_every_spelling_of_its_prefix(prefix: str) -> None:
    record = a_record([(f"{prefix}id", "o-1"), (f"{prefix}TYPE", "model.output.v1")])

    assert own_headers(record) == {"id": "o-1", "type": "model.output.v1"}
    assert record.header("ce_id") == "o-1"
    assert record.header("ce_type") == "model.output.v1"


def test_content_type_is_read_in_any_case_and_an_empty_value_counts_as_none() -> None:
    pairs = [("Content-Type", "application/json"), ("ce_tasktype", ""), ("ce_id", "o-1")]

    assert own_headers(a_record(pairs)) == {"content-type": "application/json", "id": "o-1"}


def test_what_is_not_ours_is_left_alone_and_may_repeat() -> None:
    pairs = [("x", "1"), ("x", "2"), ("ce_tenant", "a"), ("ce_tenant", "b"), ("ce_", ""), ("", "")]

    assert own_headers(a_record(pairs)) == {}


@pytest.mark.parametrize(
    ("pairs", "names"),
    [
        ([("ce_type", "a"), ("ce_type", "b")], ("ce_type",)),
        ([("ce_type", "a"), ("ce_type", "a")], ("ce_type",)),
        ([("ce_id", "a"), ("ce-id", "a")], ("ce_id", "ce-id")),
        ([("ce-id", "a"), ("CE_ID", "b")], ("ce-id", "CE_ID")),
        ([("ce_source", "/a"), ("Ce_Source", "/b")], ("ce_source", "Ce_Source")),
        ([("ce_tasktype", "a"), ("x", "1"), ("ce_tasktype", "b")], ("ce_tasktype",)),
        ([("ce_id", "a"), ("ce-type", "b")], ("ce_id", "ce-type")),
        ([("content-type", "a"), ("Content-Type", "b")], ("content-type", "Content-Type")),
    ],
)
def test_an_attribute_that_stands_twice_is_ambiguous(pairs: Pairs, names: Sequence[str]) -> None:
    refused = refusal_of(*pairs)

    assert refused.reason is Reason.INVALID_FIELD
    assert all(name in refused.detail for name in names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ce_task_type", "ce_tasktype"),
        ("ce-task-type", "ce_tasktype"),
        ("ce_data_ref", "ce_dataref"),
        ("ce_correlation_id", "ce_correlationid"),
        ("ce_spec_version", "ce_specversion"),
        ("ce__id", "ce_id"),
        ("cloudEvents:id", "ce_id"),
        ("cloudEvents_source", "ce_source"),
        ("cloudevent.type", "ce_type"),
        ("ce.id", "ce_id"),
        ("tasktype", "ce_tasktype"),
        ("Task-Type", "ce_tasktype"),
        ("dataRef", "ce_dataref"),
    ],
)
def test_a_name_that_would_be_ignored_is_refused_with_ours(name: str, meant: str) -> None:
    detail = refusal_of((name, "x")).detail

    assert detail.startswith(f"header {name}: ")
    assert detail.endswith(f"send it as {meant}")


@pytest.mark.parametrize("name", ["ce_type", "ce-source", "CE_ID", "ce_tasktype", "content-type"])
def test_a_value_in_quotes_is_refused_without_repeating_it(name: str) -> None:
    detail = refusal_of((name, '"hunter2"')).detail

    assert detail == f"header {name}: send the value without the quotes around it"


def test_the_quotes_of_a_subject_are_its_own() -> None:
    assert own_headers(a_record([("ce_subject", '"Nu"')])) == {"subject": '"Nu"'}


NAMES = st.sampled_from(["ce_id", "ce-id", "CE_id", "ce_type", "ce_x", "x", "content-type"])


@given(st.lists(st.tuples(NAMES | st.text(max_size=9), st.text(max_size=9)), max_size=6))
def test_any_headers_are_read_or_refused_in_one_sentence(pairs: list[tuple[str, str]]) -> None:
    record = a_record(pairs)
    stated, detail = read_or_refused(record)

    assert "\n" not in detail
    assert all(
        record.header(f"ce_{name}") == text for name, text in stated.items() if "-" not in name
    )


def read_or_refused(record: Record) -> tuple[Mapping[str, str], str]:
    try:
        return own_headers(record), ""
    except Refused as refused:
        return {}, refused.detail
