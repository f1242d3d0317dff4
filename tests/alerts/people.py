"""What comes into the stack from outside: outputs, garbage, workers who come and go."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from aiokafka import AIOKafkaProducer

from shared.contracts.envelope import derived_traceparent, encode
from shared.contracts.events.model import Event
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.topics import MODEL_OUTPUTS, Names

POOL, SKILL = "main", "text.review"
Presence = Literal["available", "paused", "away"]


class Outside:
    """Publishes to the broker's outer port."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def outputs(self, count: int) -> None:
        """Outputs the model is unsure of: each becomes a task that asks for the skill."""
        await self._send(
            (MODEL_OUTPUTS.name, _output(), [("content-type", b"application/json")], None)
            for _ in range(count)
        )

    async def garbage(self, count: int) -> None:
        """Records nobody can read."""
        await self._send(
            (MODEL_OUTPUTS.name, b"{" + str(at).encode(), [], None) for at in range(count)
        )

    async def workers(self, count: int, presence: Presence) -> None:
        """So many people with the skill, and whether they are there."""
        now = datetime.now(UTC)
        events: list[Event] = []
        for number in range(count):
            who = {"pool": POOL, "at": now, "worker_id": f"w-{number}"}
            profile = {"skills": {SKILL: 3}, "languages": ["en"], "capacity": 3}
            events.append(WorkerProfiled.model_validate({**who, **profile}))
            events.append(PresenceChanged.model_validate({**who, "presence": presence}))
        await self._send(_record(event) for event in events)

    async def _send(
        self, records: Iterable[tuple[str, bytes, list[tuple[str, bytes]], bytes | None]]
    ) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", request_timeout_ms=120_000
        )
        await producer.start()
        try:
            for topic, value, headers, key in records:
                await producer.send_and_wait(topic, value, key=key, headers=headers)
        finally:
            await producer.stop()


def _output() -> bytes:
    said = {
        "source": "/alerts",
        "id": uuid.uuid4().hex,
        "task_type": "review",
        "format": "sentuh.output",
        "response": {"answer": "right", "confidence": {"value": 0.2, "scale": "probability"}},
    }
    return json.dumps(said).encode()


def _record(event: Event) -> tuple[str, bytes, list[tuple[str, bytes]], bytes | None]:
    trace = derived_traceparent(event.event_id)
    said = encode(event, Names(), source="alerts", cause=event.event_id, traceparent=trace)
    return said.topic, said.value or b"", list(said.headers), said.key
