"""The story of whole numbers in all four services, in memory.

`python -m tests.throwaway_kind.story`, where the kind has its files in the rooms, prints what came
of it as one JSON object on the last line.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from sentuh.audit import audit_records
from sentuh.demo.people import answer_of, guess
from sentuh.explain import explained
from sentuh.history.collect import collect
from sentuh.trace import tell
from services.intake.catalog import check, load
from services.intake.service import build as build_intake
from services.payout.service import build as build_payout
from services.qa.service import build as build_qa
from services.router.service import build as build_router
from services.router.settings import RouterSettings
from shared.contracts import envelope
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.partitions import partition_of
from shared.contracts.record import Outgoing, Record
from shared.contracts.schemas import schemas
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, Names
from tests.support.builders import NOW
from tests.support.in_memory import InMemory, record_of

NAMES = Names()
POOL, SOURCE, TRUTH = "main", "/models/counter", 7
TEXT = "a bird " * 9
"""Of 18 words: nobody counts more birds in it."""
ACCURACY = {"w-1": 1.0, "w-2": 1.0, "w-3": 0.0}
CATALOG = """
skills: {}
rate_cards: {glance: {currency: USD, amount_minor: 5}}
task_types:
  birds:
    kind: whole_number
    pool: main
    question: How many birds are there?
    low: 0
    high: 20
    gate: {threshold: 0.9, audit_share: 0.0}
    answers: {min: 3, max: 3}
    stopping: {tolerance: 0.5}
    times: {accept_seconds: 60, answer_seconds: 60, task_seconds: 3600}
    rate_card: glance
"""


def services(catalog: Path) -> tuple[InMemory, ...]:
    """Return all four services, each in memory."""
    settings = RouterSettings(token_keys=SecretStr("k1=" + "s" * 40))

    def read_until(_: int) -> datetime:
        return NOW

    built = (
        build_intake(load(catalog), names=NAMES),
        build_router(settings, names=NAMES, read_until=read_until),
        build_qa(names=NAMES),
        build_payout(names=NAMES),
    )
    return tuple(InMemory(service) for service in built)


class Town:
    """The services, one log of everything said, and people who answer every offer."""

    def __init__(self, catalog: Path) -> None:
        self._services = services(catalog)
        self.records: list[Record] = []

    def send(self, sent: Outgoing) -> None:
        """Append a record, and let everybody hear it who reads its topic, and what follows."""
        row = NAMES.row(sent.topic)
        partition = partition_of((sent.key or b"").decode(), row.partitions)
        record = record_of(sent, partition=partition, offset=len(self.records))
        self.records.append(record)
        for service in self._services:
            if row in service.service.card.consumes:
                before = len(service.published), len(service.dead_letters)
                service.hear_records(record)
                follows = service.published[before[0] :] + service.dead_letters[before[1] :]
                for said in follows:
                    self.send(said)
        if record.header("ce_type") == OfferMade.TYPE:
            self._answer(OfferMade.model_validate_json(record.value or b""))

    def tell(self, event: Event) -> None:
        """Send an event as people and operators do."""
        trace = envelope.derived_traceparent(event.event_id)
        self.send(envelope.encode(event, NAMES, source="people", cause="c", traceparent=trace))

    def _answer(self, offer: OfferMade) -> None:
        """Answer as one person does; the first of them tries what is no answer before."""
        claims = offer.claims
        about = (1, claims.worker_id, claims.task_id)
        accuracy = ACCURACY[claims.worker_id]
        number = answer_of(accuracy, about, truth=TRUTH, question=claims.asks)
        wrong: list[Any] = [19, "7", 7.5, True, None] if claims.worker_id == "w-1" else []
        for answer in [*wrong, number]:
            event = OfferAnswered(
                pool=POOL,
                at=NOW,
                task_id=claims.task_id,
                worker_id=claims.worker_id,
                token=offer.token,
                answer=number,
            )
            sent = envelope.encode(event, NAMES, source="people", cause="c", traceparent="")
            value = {**json.loads(sent.value or b""), "answer": answer}
            self.send(Outgoing(sent.topic, sent.key, json.dumps(value).encode(), sent.headers))

    def of(self, kind: type[Event]) -> Iterator[Event]:
        """Yield every event of one type that was said."""
        for record in self.records:
            if record.header("ce_type") == kind.TYPE and not record.header("dl_reason"):
                yield kind.model_validate_json(record.value or b"")


def output(name: str, *, answer: int, sure: float, text: str | None = TEXT) -> Outgoing:
    """Return a model's output that counts the birds in a text."""
    said = {"answer": answer, "confidence": {"value": sure}}
    body = {
        "source": SOURCE,
        "id": name,
        "task_type": "birds",
        "format": "sentuh.output",
        "response": said if text is None else said | {"text": text},
    }
    return Outgoing(MODEL_OUTPUTS.name, name.encode(), json.dumps(body).encode(), ())


def played(catalog: Path) -> Town:
    """Return the town after two outputs, one of them sure enough to stand by itself."""
    town = Town(catalog)
    town.send(output("o-1", answer=8, sure=0.5))
    for worker in ACCURACY:
        profile = WorkerProfiled(
            pool=POOL, at=NOW, worker_id=worker, skills={}, languages=["en"], capacity=1
        )
        town.tell(profile)
    # Said twice: the first says what their app shows and enters them in the lane of the kind, in
    # which a sweep would find them. Nobody sweeps here, so the second finds what waits there.
    for worker in (*ACCURACY, *ACCURACY):
        town.tell(
            PresenceChanged(
                pool=POOL, at=NOW, worker_id=worker, presence="available", kinds=["whole_number"]
            )
        )
    town.send(output("o-2", answer=12, sure=0.95))
    town.send(output("o-3", answer=3, sure=0.5, text=None))
    return town


def outcome_of(catalog: Path) -> dict[str, Any]:
    """Return what the test looks at."""
    town = played(catalog)
    report = audit_records(town.records)
    letters = {topic.name for topic in DEAD_LETTERS.values()}
    refused = [record for record in town.records if record.topic in letters]
    story = tell((SOURCE, "o-1"), town.records, NAMES)
    answer = schemas()[OfferAnswered.TYPE]["properties"]["answer"]  # type: ignore[index,call-overload]
    offers = [offer for offer in town.of(OfferMade) if isinstance(offer, OfferMade)]
    history = collect(town.records, NAMES, None)
    judged = [one.task_id for one in history.verdicts.values() if one.by == "people"]
    return {
        "explained": [json.loads(explained(one, history).as_json()) for one in judged],
        "verdicts": [event.model_dump(mode="json") for event in town.of(VerdictReached)],
        "earnings": len(list(town.of(EarningConfirmed))),
        "broken": [str(report.finding(number)) for number in report.broken],
        "refused": [record.header("dl_reason") for record in refused],
        "fixes": [record.header("dl_detail") for record in refused],
        "story": [step.what for step in story.steps],
        "reasons": [step.why for step in story.steps],
        "ending": story.ending,
        "schema": answer,
        "offered": json.loads(offers[0].claims.model_dump_json())["options"],
        "asked": offers[0].asked.text if offers[0].asked else None,
        "guess": guess(offers[0].claims.asks, "unknown"),
    }


def wrong_catalog(home: Path) -> list[str]:
    """Return what the catalog's check says of bounds and a waived answer that are wrong."""
    path = home / "wrong.yaml"
    bad = CATALOG.replace("low: 0", "low: 30").replace(
        "{threshold", "{waived_answer: 99, threshold"
    )
    bad = bad.replace("high: 20", "high: 20\n    hihg: 1").replace(
        "tolerance: 0.5", "confidence: 0.6"
    )
    path.write_text(bad)
    return [str(problem).partition(": ")[2] for problem in check(path)]


def main() -> None:
    """Play the story."""
    with TemporaryDirectory() as home:
        path = Path(home) / "catalog.yaml"
        path.write_text(CATALOG)
        print(json.dumps({**outcome_of(path), "catalog": wrong_catalog(Path(home))}))


if __name__ == "__main__":
    main()
