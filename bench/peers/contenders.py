"""Who does the job: the router as it is, and Quix Streams with the job of `quix_job`."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

import redis.asyncio
from confluent_kafka.admin import NewTopic

from bench import flow
from bench.ground import Ground
from bench.inside import TOKEN_KEYS, build, catalog
from bench.sides import HERE
from bench.state import open_epochs
from sentuh.broker.topics import apply
from sentuh.embedded.child import Child
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Answers, Confidence, Gate, Output, OutputRef
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import ASSIGNMENTS, OFFERS, RESPONSES, TASKS, Names
from shared.state.commit import RedisStore

WORKERS = 200
SEATS = WORKERS * flow.CAPACITY
"""Tasks that people hold at the same time; the peer has as many workers with one place each."""
QUEUE = b"main"
EVENTS, BARE = (Path(__file__).with_name(f"{job}.py") for job in ("quix_events", "quix_job"))
PEERS = {
    "Quix Streams": (EVENTS, "at-least-once"),
    "Quix Streams, bare job": (BARE, "at-least-once"),
    "Quix Streams, exactly once": (EVENTS, "exactly-once"),
}
"""The job, and the guarantee asked of the library; the first is its default."""
SHORT = {
    "SENTUH_SESSION_SECONDS": "6",
    "SENTUH_PUBLISH_SECONDS": "3",
    "SENTUH_EPOCH_QUIET_SECONDS": "7",
}
"""A killed process is missed after six seconds, as the peer's is."""
OUTPUT = Output(format="sentuh.output", text=flow.TEXT, confidence=Confidence(status="absent"))
GATE = Gate(reason="absent", threshold=0.9, audit_share=0.0)


class Offered(NamedTuple):
    """Which task was offered, and under which id: who reads offers drops an id that came before."""

    task: str
    id: str


class Contender(Protocol):
    """A process that offers tasks, and what it reads and writes."""

    name: str
    offers: str

    @property
    def process(self) -> Child:
        """The process that does the job."""

    def prepare(self) -> None:
        """Make topics and what must be known before the first task."""

    def start(self) -> None:
        """Start or restart the process."""

    def tasks(self, label: str, count: int) -> Sequence[Outgoing]:
        """Return that many new tasks."""

    def offered(self, record: Record) -> Offered | None:
        """Return what a record of its offers says; None where it is no offer."""

    def answer(self, record: Record) -> Outgoing | None:
        """Return what the worker who gets the offer answers."""


def task_events(label: str, count: int) -> list[TaskCreated]:
    """Tasks that want one answer each."""
    now = datetime.now(UTC)
    policy = catalog().policy("bench", now).model_copy(update={"answers": Answers(min=1, max=1)})
    return [
        TaskCreated(
            pool=flow.POOL,
            at=now + timedelta(microseconds=number),
            task_id=f"t-{label}-{number:06}",
            ref=OutputRef(source=flow.SOURCE, id=f"o-{label}-{number}"),
            output=OUTPUT,
            policy=policy,
            gate=GATE,
            digest="",
        )
        for number in range(count)
    ]


class Ours:
    """The router, alone: nobody judges the answers."""

    name = "router"

    def __init__(self, on: Ground) -> None:
        self._on = on
        self._names = Names("peers-")
        self.offers = self._names.of(OFFERS)
        self._process = on.process("router", self._names)
        self._process._environment = {**self._process.environment(), **SHORT}

    @property
    def process(self) -> Child:
        """The router's process."""
        return self._process

    def prepare(self) -> None:
        """Make topics, a state that is whole, and people."""
        asyncio.run(self._prepared())
        self._on.publish(flow.people(self._names, WORKERS))

    async def _prepared(self) -> None:
        await apply(self._on.kafka.bootstrap, self._names)
        client = redis.asyncio.Redis.from_url(self._on.valkey.url)
        try:
            await client.flushall()
            store = RedisStore(client)
            await store.prepare()
            await open_epochs(build("router", self._names), store)
        finally:
            await client.aclose()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self._process.start()

    def tasks(self, label: str, count: int) -> Sequence[Outgoing]:
        """Return tasks as intake publishes them."""
        return [flow.sent_by_people(self._names, event) for event in task_events(label, count)]

    def offered(self, record: Record) -> Offered | None:
        """Return what a letter says."""
        if record.header("ce_type") != OfferMade.TYPE:
            return None
        claims = json.loads(record.value or b"")["claims"]
        return Offered(claims["task_id"], record.header("ce_id") or "")

    def answer(self, record: Record) -> Outgoing | None:
        """Return the answer that the bench's people give."""
        return flow.answer(self._names, record)


class Quix:
    """Quix Streams under an interpreter that has it, with the job of `quix_events` or `quix_job`.

    One partition and one key: there is one queue, and the library keeps state by key.
    """

    def __init__(self, on: Ground, python: Path, peer: str) -> None:
        self.name = peer
        job, guarantee = PEERS[peer]
        self._bare = job is BARE
        self._on = on
        self._names = Names(f"{job.stem}-{guarantee}-".replace("_", "-"))
        self.offers = self._names.of(OFFERS)
        options = {
            "--bootstrap": on.kafka.bootstrap,
            "--prefix": self._names.prefix,
            "--state": str(on.home / f"{self._names.prefix}state"),
            "--workers": str(SEATS),
            "--guarantee": guarantee,
            **({} if self._bare else {"--keys": TOKEN_KEYS}),
        }
        self._process = _Job(on.home, [str(python), str(job)], options)

    @property
    def process(self) -> Child:
        """The job's process."""
        return self._process

    def prepare(self) -> None:
        """Make its topics."""
        rows = (TASKS, RESPONSES, ASSIGNMENTS, OFFERS)
        made = self._on.admin.create_topics([NewTopic(self._names.of(row), 1, 1) for row in rows])
        for topic in made.values():
            topic.result(15)

    def start(self) -> None:
        """Start it; it says nowhere that it is ready."""
        self._process.start()

    def tasks(self, label: str, count: int) -> Sequence[Outgoing]:
        """Return the tasks that the router gets, for the one queue."""
        return [
            _for_the_queue(flow.sent_by_people(self._names, event))
            for event in task_events(label, count)
        ]

    def offered(self, record: Record) -> Offered | None:
        """Return what an offer says."""
        offer = json.loads(record.value or b"")
        if self._bare:
            return Offered(offer["task_id"], offer["id"])
        return Offered(offer["claims"]["task_id"], record.header("ce_id") or "")

    def answer(self, record: Record) -> Outgoing | None:
        """Return an answer; to a bare offer one without a token."""
        if not self._bare:
            answered = flow.answer(self._names, record)
            return _for_the_queue(answered) if answered else None
        offer = json.loads(record.value or b"")
        answer = {name: offer[name] for name in ("task_id", "worker_id")} | {"answer": "right"}
        return Outgoing(self._names.of(RESPONSES), QUEUE, json.dumps(answer).encode(), ())


def _for_the_queue(sent: Outgoing) -> Outgoing:
    """Key a record as the queue is; its own key goes into a header."""
    headers = (*sent.headers, ("key", sent.key or b""))
    return sent._replace(key=QUEUE, headers=headers)


class _Job(Child):
    """The peer's process."""

    name = "quix"

    def __init__(self, home: Path, program: list[str], options: Mapping[str, str]) -> None:
        super().__init__(home)
        self._command = [*program, *(part for option in options.items() for part in option)]

    def command(self) -> list[str]:
        """Return the interpreter with the job."""
        return self._command

    def environment(self) -> Mapping[str, str]:
        """Let it import our contracts."""
        return {"PYTHONPATH": str(HERE), "PYTHONWARNINGS": "ignore"}

    def ready(self) -> bool:
        """Return true: it says nothing of itself."""
        return True
