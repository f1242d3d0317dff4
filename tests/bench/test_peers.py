"""The peer does the router's job, and the table says what each costs and loses."""

from typing import Any

from bench import flow
from bench.peers.contenders import OUTPUT, task_events
from bench.peers.quix_events import Job
from bench.peers.quix_job import next_free, put, route, taken
from bench.peers.table import sheets
from services.router import tokens
from shared.contracts.record import Outgoing
from shared.contracts.topics import ASSIGNMENTS, OFFERS, RESPONSES, Names
from tests.support.in_memory import record_of


class State(dict[str, Any]):
    """A store of the library's in memory."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)


def offers(made: Any) -> list[tuple[str, str]]:
    return [(offer["task_id"], offer["worker_id"]) for offer in made]


def a_task(name: str) -> dict[str, Any]:
    named = dict.fromkeys(("pool", "output", "policy", "ref"), "x")
    return {"task": {**named, "task_id": name}}


def an_answer(task: str, worker: str) -> dict[str, Any]:
    return {"answer": {"task_id": task, "worker_id": worker}}


def test_a_queue_gives_back_in_order() -> None:
    state = State()
    for number in range(3):
        put(state, "waits", number)

    assert [taken(state, "waits") for _ in range(4)] == [0, 1, 2, None]
    assert not [key for key in state if ":" in key]


def test_workers_are_free_in_turn() -> None:
    state = State()
    put(state, "free", "w-0")

    assert [next_free(state, ["w-0", "w-1"]) for _ in range(4)] == ["w-0", "w-1", "w-0", None]


def test_a_task_waits_for_an_answer(monkeypatch: Any) -> None:
    monkeypatch.setattr("bench.peers.quix_job.WORKERS", ["w-0"])
    state = State()

    assert offers(route(a_task("t-0"), state)) == [("t-0", "w-0")]
    assert offers(route(a_task("t-1"), state)) == []
    assert offers(route(an_answer("t-1", "w-0"), state)) == []
    assert offers(route(an_answer("t-0", "w-0"), state)) == [("t-1", "w-0")]
    assert offers(route(an_answer("t-0", "w-0"), state)) == []


def test_the_peers_events_are_ours() -> None:
    names, keys = Names("peer-"), tokens.Keys.of("k=" + "x" * 32)
    job, state = Job(names, 1, keys), State()
    first, second = task_events("t", 2)

    made = [*job.route(read_as(first), state), *job.route(read_as(second), state)]

    assert [sent["to"] for sent in made] == [
        names.of(ASSIGNMENTS), names.of(OFFERS), names.of(ASSIGNMENTS), names.of(ASSIGNMENTS),
    ]  # fmt: skip
    assert (OUTPUT.text or "").encode() in made[1]["value"]


def test_its_answers_are_checked_and_the_next_is_offered() -> None:
    names, keys = Names("peer-"), tokens.Keys.of("k=" + "x" * 32)
    job, state = Job(names, 1, keys), State()
    made = [sent for event in task_events("t", 2) for sent in job.route(read_as(event), state)]
    (letter,) = [sent for sent in made if sent["to"] == names.of(OFFERS)]
    record = record_of(Outgoing(letter["to"], letter["key"], letter["value"], letter["headers"]))
    answer = flow.answer(names, record)
    assert answer is not None
    headers = [*answer.headers, ("key", answer.key)]

    read = job.read(RESPONSES)(answer.value, b"main", 1_767_225_600_000, headers)
    types = [dict(sent["headers"])["ce_type"] for sent in job.route(read, state)]

    assert types == [b"assignment.answered.v1", b"offer.made.v1", b"assignment.offered.v1"]


def read_as(event: Any) -> dict[str, Any]:
    return {
        "event": event,
        "id": event.event_id,
        "trace": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
    }


def test_ours_is_held_against_the_peer_that_does_the_same() -> None:
    def run(own: float, seconds: float) -> dict[str, Any]:
        cpu = {"own": own, "redis": 0.1, "kafka": 0.1}
        return {"records": 100, "offering": 90, "seconds": seconds, "cpu": cpu}

    fates = {"kills": 10, "tasks": 100, "lost": 0, "doubled": 0, "again": 7}
    peers = {"Quix Streams": [run(1.0, 1.0)], "Quix Streams, bare job": [run(0.1, 0.2)]}
    kept = {"runs": {"router": [run(0.7, 0.9)], **peers}, "kills": {"router": fates}, "machine": {}}

    costs, ratios, _ = sheets(kept)

    assert costs.rows[0][4:] == ["10", "0", "0", "7"]
    assert [row[-1] for row in ratios.rows] == ["held", "", "held", "", "", ""]
    assert all(len(row) == len(sheet.columns) for sheet in (costs, ratios) for row in sheet.rows)
