"""The job of `quix_job` with our contracts: the same events read, checked and published as ours.

Tasks and answers are validated, tokens signed and verified, journal and offers written with their
headers, all by the code that the router uses. What differs is who keeps state, and how: the
library's store and checkpoints here, Redis with outcomes and guards there. It leaves out who may
do which task: the next free worker is the next in a queue.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.peers.quix_job import application, arguments, named, next_free, put, taken
from services.router import tokens
from shared.contracts.envelope import decode, encode, json_of, traceparent_of
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered, TaskQueued
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade, ShownWhy
from shared.contracts.events.parts import Claims, ShownOutput, Why
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, OFFERS, RESPONSES, TASKS, Names, Topic


class Job:
    """Decides record by record; `keys` sign tokens, `workers` are free at first."""

    def __init__(self, names: Names, workers: int, keys: tokens.Keys) -> None:
        self._names = names
        self._workers = named(workers)
        self._keys = keys

    def read(self, row: Topic) -> Any:
        """Return what decodes a record of a topic: its event, its id, its trace, its time."""
        topic = self._names.of(row)

        def decoded(value: bytes, _: bytes, at_ms: int, headers: Any) -> dict[str, Any]:
            # The record's key is the queue's; what its sender had for one is a header.
            own = dict(headers)
            key = own.pop("key")
            record = Record(topic, 0, 0, key, value, tuple(own.items()), at_ms)
            event_id, event = decode(record, row)
            trace = traceparent_of(record, event_id)
            return {"event": event, "id": event_id, "trace": trace, "at_ms": at_ms}

        return decoded

    def route(self, read: dict[str, Any], state: Any) -> Iterator[dict[str, Any]]:
        """Decide one event; yields the records it leads to."""
        event, now = read["event"], datetime.now(UTC)
        if isinstance(event, TaskCreated):
            events = self._queued(event, read["trace"], state, now)
        else:
            events = self._answered(event, read["at_ms"], state, now)
        for made in events:
            sent = encode(
                made, self._names, source="router", cause=read["id"], traceparent=read["trace"]
            )
            yield {"to": sent.topic, "key": sent.key, "value": sent.value, "headers": sent.headers}

    def _queued(self, task: TaskCreated, trace: str, state: Any, now: datetime) -> Iterator[Event]:
        yield TaskQueued(
            pool=task.pool, at=now, task_id=task.task_id, wanted=task.policy.answers.min,
            output=task.output, policy=task.policy, ref=task.ref, created_at=task.at,
        )  # fmt: skip
        worker = next_free(state, self._workers)
        if worker is not None:
            yield from self._offered(task, worker, state, now)
            return
        put(state, "waits", {"task": json_of(task).decode(), "trace": trace})

    def _answered(
        self, response: OfferAnswered, at_ms: int, state: Any, now: datetime
    ) -> Iterator[Event]:
        claims = tokens.verify(response.token, self._keys)
        worker, facts = claims.worker_id, claims.facts
        if state.get(f"holds:{worker}") != claims.task_id:
            return
        yield AssignmentAnswered.model_validate({
            "at": now, **facts.fields(), "answer": response.answer, "late": False,
            "answered_at": datetime.fromtimestamp(at_ms / 1000, UTC), "quote": claims.quote,
            "digest": tokens.sha256_of(response.token)[:32],
        })  # fmt: skip
        waiting = taken(state, "waits")
        if waiting is not None:
            task = TaskCreated.model_validate_json(waiting["task"])
            yield from self._offered(task, worker, state, now)
            return
        state.delete(f"holds:{worker}")
        put(state, "free", worker)

    def _offered(
        self, task: TaskCreated, worker: str, state: Any, now: datetime
    ) -> Iterator[Event]:
        turn, policy = state.get(f"turn:{worker}", 0) + 1, task.policy
        state.set(f"turn:{worker}", turn)
        state.set(f"holds:{worker}", task.task_id)
        accept_by = now + timedelta(seconds=policy.times.accept_seconds)
        answer_by = accept_by + timedelta(seconds=policy.times.answer_seconds)
        facts = AssignmentFacts(
            task.pool, task.task_id, policy.task_type, worker, 0, turn, accept_by, answer_by
        )
        why = Why(required=policy.requirement, chosen_among=1, rule="longest_idle")
        claims = Claims(**facts.fields(), quote=policy.quote, asks=policy.asks)
        token = tokens.sign(claims, self._keys)
        output = task.output
        shown = ShownOutput(
            text=output.text, media=output.media, language=output.language, request=output.request
        )
        yield OfferMade(
            pool=task.pool, at=now, claims=claims, question=policy.question, output=shown,
            why=ShownWhy(required=policy.requirement), token=token,
        )  # fmt: skip
        yield AssignmentOffered.model_validate({
            "at": now, **facts.fields(), "quote": policy.quote, "why": why,
            "token_hash": tokens.sha256_of(token),
        })  # fmt: skip


def main() -> None:
    """Run until ended."""
    from quixstreams.models import Serializer

    class Raw(Serializer):  # type: ignore[misc]
        """Writes the bytes that an event was encoded to."""

        def __call__(self, value: Any, ctx: Any) -> bytes:  # noqa: ARG002 - the library's signature
            """Return the record's value."""
            return bytes(value["value"])

    parser = arguments(__doc__)
    parser.add_argument("--keys", required=True)
    options = parser.parse_args()
    names = Names(options.prefix)
    job = Job(names, options.workers, tokens.Keys.of(options.keys))
    app = application(options)
    read = [
        app.dataframe(app.topic(names.of(row), value_deserializer="bytes")).apply(
            job.read(row), metadata=True
        )
        for row in (TASKS, RESPONSES)
    ]
    made = read[0].concat(read[1]).apply(job.route, stateful=True, expand=True)
    for row in (ASSIGNMENTS, OFFERS):
        name = names.of(row)
        sent = made.filter(lambda value, to=name: value["to"] == to)
        sent = sent.set_headers(lambda value, *_: list(value["headers"]))
        topic = app.topic(name, value_serializer=Raw(), key_serializer="bytes")
        sent.to_topic(topic, key=lambda value: value["key"])
    app.run()


if __name__ == "__main__":
    main()
