"""Our events as records and back, and what is refused before anybody looks inside."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.packing import pack, unpack
from shared.contracts.record import Headers, Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS, RESPONSES, TASKS, VERDICTS, Names
from tests.contracts.samples import sample
from tests.support.builders import a_task
from tests.support.in_memory import record_of

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def a_sent_task(*, prefix: str = "") -> Outgoing:
    return envelope.encode(
        a_task(), Names(prefix), source="intake", cause="the-cause", traceparent=TRACE
    )


def read() -> Record:
    return record_of(a_sent_task(), offset=7)


def with_headers(record: Record, **headers: bytes) -> Record:
    kept = tuple(pair for pair in record.headers if pair[0] not in headers)
    return record._replace(headers=(*kept, *headers.items()))


def refusal_of(record: Record) -> Refused:
    with pytest.raises(Refused) as refused:
        envelope.decode(record, TASKS)
    return refused.value


# --- CloudEvents -------------------------------------------------------------------------------


def test_a_record_says_all_that_cloudevents_asks_for() -> None:
    task, out = a_task(), a_sent_task()

    assert {name: value.decode() for name, value in out.headers} == {
        "ce_specversion": "1.0",
        "ce_id": task.event_id,
        "ce_type": "task.created.v1",
        "ce_source": "/sentuh/intake",
        "ce_time": "2026-03-01T12:00:00Z",
        "ce_subject": "t-1",
        "ce_causationid": "the-cause",
        "content-type": "application/json",
        "traceparent": dict(out.headers)["traceparent"].decode(),
    }
    assert out.topic == "tasks"
    assert out.key == b"t-1"


def test_an_event_comes_back_as_it_was() -> None:
    assert envelope.decode(read(), TASKS) == (a_task().event_id, a_task())


def test_an_outcome_keeps_its_records_to_the_byte() -> None:
    records = (a_sent_task(), a_sent_task()._replace(key=None, value=None))

    assert unpack(pack(records)) == records


def test_time_is_told_in_utc() -> None:
    at = datetime(2026, 3, 1, 19, 0, tzinfo=timezone(timedelta(hours=7)))
    out = envelope.encode(a_task(at=at), Names(), source="x", cause="", traceparent=TRACE)

    assert dict(out.headers)["ce_time"] == b"2026-03-01T12:00:00Z"


def test_the_prefix_goes_before_the_topic_and_nowhere_else() -> None:
    assert a_sent_task(prefix="acme.") == a_sent_task()._replace(topic="acme.tasks")


def test_inside_the_senders_id_stands_and_at_the_border_our_own() -> None:
    stored = sample("offer.accepted.v1")
    border = with_headers(stored.record(), ce_id=b"theirs")

    assert envelope.decode(with_headers(read(), ce_id=b"theirs"), TASKS)[0] == "theirs"
    assert envelope.decode(border, RESPONSES)[0] == stored.headers["ce_id"]


# --- trace context -----------------------------------------------------------------------------


def test_a_trace_is_carried_on_with_a_span_of_its_own() -> None:
    found = read().header("traceparent") or ""

    assert re.fullmatch(r"00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01", found)
    assert found != TRACE


NO_TRACE_ID = b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01"
NO_SPAN_ID = b"00-4bf92f3577b34da6a3ce929d0e0e4736-" + b"0" * 16 + b"-01"
JUNK = [b"", b"junk", b"00-XYZ", b"\xff\xfe", TRACE.upper().encode(), NO_TRACE_ID, NO_SPAN_ID]


@pytest.mark.parametrize("header", JUNK)
def test_a_trace_that_is_none_is_made_from_the_event_id(header: bytes) -> None:
    record = with_headers(read(), traceparent=header)

    made = envelope.traceparent_of(record, "an-event")

    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", made)
    assert made == envelope.traceparent_of(record, "an-event")
    assert made != envelope.traceparent_of(record, "another")


def test_a_trace_that_is_one_is_kept() -> None:
    assert envelope.traceparent_of(with_headers(read(), traceparent=TRACE.encode()), "x") == TRACE


# --- what a transport may bring ----------------------------------------------------------------

MANY: Headers = tuple((f"h{number}", b"") for number in range(1_000))
REFUSED: dict[str, tuple[Callable[[Record], Record], Reason]] = {
    "a tombstone": (lambda r: r._replace(value=None), Reason.TOMBSTONE),
    "an empty value": (lambda r: r._replace(value=b""), Reason.JSON_INVALID),
    "a thousand headers": (
        lambda r: r._replace(headers=r.headers + MANY),
        Reason.HEADERS_TOO_LARGE,
    ),
    "a header of 64 KiB": (lambda r: with_headers(r, x=b"x" * 65_536), Reason.HEADERS_TOO_LARGE),
    "another key": (lambda r: r._replace(key=b"t-2"), Reason.KEY_MISMATCH),
    "no key": (lambda r: r._replace(key=None), Reason.KEY_MISMATCH),
    "a key that is no UTF-8": (lambda r: r._replace(key=b"\xff"), Reason.KEY_MISMATCH),
    "a value above our limit": (
        lambda r: r._replace(value=b" " * (TASKS.size_bytes_max + 1)),
        Reason.TOO_LARGE,
    ),
    "a version we do not know": (
        lambda r: with_headers(r, ce_type=b"task.created.v99"),
        Reason.UNKNOWN_VERSION,
    ),
    "a type nobody knows": (
        lambda r: with_headers(r, ce_type=b"task.dreamt.v1"),
        Reason.UNSUPPORTED,
    ),
    "a type of another topic": (
        lambda r: with_headers(r, ce_type=b"verdict.reached.v1"),
        Reason.UNSUPPORTED,
    ),
    "no type": (lambda r: r._replace(headers=()), Reason.UNSUPPORTED),
    "a type that is no UTF-8": (lambda r: with_headers(r, ce_type=b"\xff"), Reason.UNSUPPORTED),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_record_is_refused_with_its_reason(case: str) -> None:
    spoil, reason = REFUSED[case]

    assert refusal_of(spoil(read())).reason is reason


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_tells_nothing_of_what_was_sent(case: str) -> None:
    record = REFUSED[case][0](read())
    detail = refusal_of(record).detail

    assert 10 < len(detail) < 200
    assert not any(secret in detail for secret in ("t-1", "t-2", "animal", "dreamt", "v99"))


ACCEPTED: dict[str, Callable[[Record], Record]] = {
    "a header that is no UTF-8": lambda r: with_headers(r, x=b"\xff\xfe"),
    "a header that was null": lambda r: with_headers(r, x=b""),
    "reply_to": lambda r: with_headers(r, reply_to=b"earnings"),
    "another content type": lambda r: with_headers(r, **{"content-type": b"application/x-pickle"}),
    "a value at our limit": lambda r: r._replace(
        value=(r.value or b"") + b" " * (TASKS.size_bytes_max - len(r.value or b""))
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_strange_record_is_read_like_any_other(case: str) -> None:
    assert envelope.decode(ACCEPTED[case](read()), TASKS)[1] == a_task()


def test_bytes_that_are_no_text_are_replaced_in_a_header() -> None:
    assert with_headers(read(), x=b"a\xff").header("x") == "a\ufffd"
    assert read().header("x") is None


# --- dead letters ------------------------------------------------------------------------------

LETTERS = DEAD_LETTERS["qa"].name
GONE = Refused(Reason.TOMBSTONE, "the value is null: send a value, or nothing")


def letter(record: Record, refused: Refused = GONE) -> Outgoing:
    return envelope.dead_letter(record, refused, service="qa", topic=LETTERS)


def test_a_dead_letter_keeps_the_record_and_says_why_and_where() -> None:
    record = with_headers(read(), x=b"\xff\xfe")
    out = letter(record)
    added = {name: value.decode() for name, value in out.headers[len(record.headers) :]}

    assert out.topic == LETTERS
    assert out.key == record.key
    assert out.value == record.value
    assert out.headers[: len(record.headers)] == record.headers
    assert added.pop("dl_id")
    assert added == {
        "dl_service": "qa",
        "dl_reason": "tombstone",
        "dl_detail": GONE.detail,
        "dl_topic": "tasks",
        "dl_partition": "0",
        "dl_offset": "7",
    }


def test_a_dead_letter_is_the_same_one_when_it_comes_again() -> None:
    other = Refused(Reason.BUG, "a fault of this service: report it, then replay")

    assert letter(read()) == letter(read())
    assert dl_id(letter(read())) == dl_id(letter(read(), other))


@pytest.mark.parametrize(
    "moved", [{"offset": 8}, {"partition": 1}, {"topic": "x"}, {"incarnation": 1}]
)
def test_another_place_is_another_dead_letter(moved: dict[str, int]) -> None:
    assert dl_id(letter(read()._replace(**moved))) != dl_id(letter(read()))  # type: ignore[arg-type]


def test_a_dead_letter_that_dies_again_says_only_why_it_did_last() -> None:
    again = letter(read()._replace(headers=letter(read()).headers, offset=8))

    assert [name for name, _ in again.headers].count("dl_id") == 1
    assert dict(again.headers)["dl_offset"] == b"8"


def test_what_is_refused_of_the_largest_verdict_fits_the_dead_letters() -> None:
    assert DEAD_LETTERS["payout"].size_bytes_max >= VERDICTS.broker_bytes_max


def dl_id(out: Outgoing) -> bytes:
    return dict(out.headers)["dl_id"]
