"""Hostile records: one dead letter with its reason, nothing else changed, the next one handled."""

import json
from collections import Counter
from dataclasses import dataclass

import pytest
from confluent_kafka import KafkaException

from services.intake import keys
from shared.contracts.events.earnings import EarningAccrued
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import (
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    PRESENCE,
    TASKS,
    TOPICS,
    WORKERS,
    Topic,
)
from tests.journeys.hostile import MARK, SOURCE, Case, an_output, cases, raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Headers, Wire

CASES = cases()
WARM = 128
"""Good outputs sent before, so that every bucket has been used."""


@dataclass(frozen=True)
class Aftermath:
    """Where each case's record stands, and what there was before and after."""

    places: dict[str, tuple[TopicPartition, int]]
    counts: tuple[dict[str, int], dict[str, int]]
    states: tuple[dict[str, object], dict[str, object]]
    pids: dict[str, int]


def good(wire: Wire, output_id: str, *, headers: Headers = (), partition: int = -1) -> OutputWaived:
    """Send a sure output and wait until it is waived."""
    wire.send(MODEL_OUTPUTS, raw(an_output(id=output_id)), headers=headers, partition=partition)
    task_id = natural_id("output", SOURCE, output_id)
    return wire.until(lambda: wire.of(OutputWaived, task_id=task_id))[0]


def letters(wire: Wire, service: str) -> list[Record]:
    """The dead letters of a service so far."""
    return wire.records(DEAD_LETTERS[service])


def letters_of(wire: Wire, service: str, at: tuple[TopicPartition, int]) -> list[Record]:
    """Those about one record."""
    place, offset = at
    named = [("dl_topic", place.topic), ("dl_partition", str(place.partition))]
    wanted = [*named, ("dl_offset", str(offset))]
    return [
        letter
        for letter in letters(wire, service)
        if all(letter.header(name) == value for name, value in wanted)
    ]


@pytest.fixture(scope="module")
def aftermath(platform: Platform, wire: Wire, people: People) -> Aftermath:
    """All cases were sent, after what makes every service and every bucket known."""
    people.join("w-good", skills={})
    ids = [f"warm-{number}" for number in range(WARM)]
    buckets = {keys.bucket(natural_id("output", SOURCE, output_id)) for output_id in ids}
    assert len(buckets) == keys.BUCKETS
    for output_id in ids:
        wire.send(MODEL_OUTPUTS, raw(an_output(id=output_id)))
    wire.until(lambda: len(wire.of(OutputWaived)) == WARM)
    wire.until(platform.quiet)
    counts, state = wire.counts(), platform.state()
    pids = {name: service.pid for name, service in platform.services.items()}
    places = {
        case.name: wire.send(case.topic, case.value, key=case.key, headers=case.headers)
        for case in CASES
    }
    expected = sum(len(case.by) for case in CASES)
    wire.until(lambda: sum(len(letters(wire, name)) for name in pids) >= expected)
    wire.until(platform.quiet)
    return Aftermath(places, (counts, wire.counts()), (state, platform.state()), pids)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_record_is_one_dead_letter_with_its_reason(
    aftermath: Aftermath, wire: Wire, case: Case
) -> None:
    for service in DEAD_LETTERS:
        found = letters_of(wire, service, aftermath.places[case.name])
        distinct = {(letter.header("dl_id"), letter.header("dl_reason")) for letter in found}
        assert len(distinct) == (service in case.by)
        for letter in found:
            assert letter.header("dl_reason") == case.reason
            assert letter.value == case.value
            assert letter.key == case.key
            own = [value for name, value in letter.headers if name.startswith("dl_")]
            assert MARK.encode() not in b"".join(own)


def test_nothing_else_was_said(aftermath: Aftermath) -> None:
    sent = Counter(case.topic.name for case in CASES)
    before, after = aftermath.counts
    ours = {row.name for row in DEAD_LETTERS.values()}
    changed = {row.name: after[row.name] - before[row.name] for row in TOPICS}

    assert {name: n for name, n in changed.items() if n and name not in ours} == sent


def test_nothing_was_kept(aftermath: Aftermath) -> None:
    before, after = aftermath.states

    assert {key for key in after if after[key] != before.get(key)} == set()


def test_every_process_is_the_same_and_alive(aftermath: Aftermath, platform: Platform) -> None:
    assert {name: service.pid for name, service in platform.services.items()} == aftermath.pids
    assert {s.ask("/live")[0] for s in platform.services.values()} == {200}
    assert {s.ask("/ready")[0] for s in platform.services.values()} == {200}


@pytest.mark.parametrize("partition", range(MODEL_OUTPUTS.partitions))
def test_next_good_record_is_handled(aftermath: Aftermath, wire: Wire, partition: int) -> None:
    assert good(wire, f"next-{partition}", partition=partition).answer == "1"


def test_no_payload_is_in_any_log(aftermath: Aftermath, platform: Platform) -> None:
    assert [name for name, log in platform.logs().items() if MARK in log] == []


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("3-no-utf8", [("strange", b"\xff\xfe")]),
        ("4-null", [("empty", None)]),
        ("8-content-type", [("content-type", b"application/x-pickle")]),
    ],
)
def test_strange_header_is_no_reason(
    aftermath: Aftermath, wire: Wire, name: str, headers: Headers
) -> None:
    assert good(wire, name, headers=headers).answer == "1"


@pytest.mark.parametrize("topic", [WORKERS, PRESENCE], ids=lambda topic: topic.name)
@pytest.mark.parametrize("key", [b"w-stranger", b"a:b{c}*", b"w-\xff"])
def test_strangers_leave_without_a_trace(
    aftermath: Aftermath, platform: Platform, wire: Wire, topic: Topic, key: bytes
) -> None:
    wire.until(platform.quiet)
    before = platform.state()
    at = wire.send(topic, None, key=key)

    wire.until(lambda: platform.has_read("router", at))
    wire.until(platform.quiet)
    assert {letter.header("dl_reason") for letter in letters_of(wire, "router", at)} <= {"bad_id"}
    after = platform.state()
    changed = {name for name in after if after[name] != before.get(name)}
    # What is remembered of whom nobody knows is theirs alone, and forgotten within the hour.
    assert {name for name in changed if "kept" not in name and "w-stranger" not in name} == set()
    assert good(wire, f"1-leave-{topic.name}-{len(key)}").answer == "1"


def test_nobody_is_replied_to(aftermath: Aftermath, platform: Platform, wire: Wire) -> None:
    earnings = platform.names.of(EARNINGS).encode()
    before = platform.metric("intake", "sentuh_intake_reply_headers_total")

    good(wire, "5-reply-to", headers=[("reply_to", earnings)])

    wire.until(platform.quiet)
    assert wire.counts()[EARNINGS.name] == 0
    assert platform.metric("intake", "sentuh_intake_reply_headers_total") == before + 1


@pytest.mark.real_kafka
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"x" * (MODEL_OUTPUTS.broker_bytes_max + 1), id="10 above the broker's limit"),
        pytest.param(
            json.dumps({f"k{number}": 1 for number in range(200_000)}).encode(), id="25 many keys"
        ),
    ],
)
def test_broker_refuses_what_is_far_too_large(wire: Wire, value: bytes) -> None:
    with pytest.raises(KafkaException):
        wire.send(MODEL_OUTPUTS, value)


@pytest.mark.real_kafka
def test_broker_refuses_a_profile_without_its_key(wire: Wire) -> None:
    with pytest.raises(KafkaException):
        wire.send(WORKERS, b"{}")


def test_thousand_copies_are_one_task(aftermath: Aftermath, platform: Platform, wire: Wire) -> None:
    wire.send_all(MODEL_OUTPUTS, [raw(an_output(id="copied"))] * 1000)

    task_id = natural_id("output", SOURCE, "copied")
    wire.until(lambda: wire.of(OutputWaived, task_id=task_id))
    wire.until(platform.quiet)
    wire.still(0.2)
    said = [r for r in wire.records(TASKS) if r.key == task_id.encode()]
    assert len({record.header("ce_id") for record in said}) == 1
    counted = ('outcome="replayed"', 'outcome="unchanged"')
    found = [platform.metric("intake", f"sentuh_intake_outcomes_total{{{n}}}") for n in counted]
    assert sum(found) >= 999


def test_other_content_under_one_id_is_refused_and_the_first_kept(
    aftermath: Aftermath, wire: Wire
) -> None:
    good(wire, "reused")
    at = wire.send(MODEL_OUTPUTS, raw(an_output(id="reused", language="id")))

    (letter,) = wire.until(lambda: letters_of(wire, "intake", at))
    task_id = natural_id("output", SOURCE, "reused")
    assert letter.header("dl_reason") == "id_reuse"
    assert len(wire.of(OutputWaived, task_id=task_id)) == 1
    assert wire.of(TaskCreated, task_id=task_id) == []


def test_record_read_again_is_the_same_letter_and_nothing_more(
    aftermath: Aftermath, platform: Platform, wire: Wire
) -> None:
    def about_outputs() -> list[str | None]:
        topic = platform.names.of(MODEL_OUTPUTS)
        told = [one for one in letters(wire, "intake") if one.header("dl_topic") == topic]
        return [one.header("dl_id") for one in told]

    wire.until(platform.quiet)
    wire.look()
    before, ids = wire.counts(), about_outputs()
    intake = platform.services["intake"]
    intake.stop()
    platform.rewind("intake", MODEL_OUTPUTS)
    intake.start()

    wire.until(lambda: len(about_outputs()) >= len(ids) + len(set(ids)))
    wire.until(platform.quiet)
    assert set(about_outputs()) == set(ids)
    assert wire.counts()[TASKS.name] == before[TASKS.name]
    assert wire.of(EarningAccrued) == []
