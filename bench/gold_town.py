"""A pool of people in memory: outputs come and go, golds among them; what each offer looked like.

The four services run as they are. People answer after a while, mostly rightly; some tell each other
the right answers to golds they had, and answer anything where they know nothing.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pydantic import JsonValue

from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.golds import GoldListed, GoldPlaced, GoldSuspended
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.record import Outgoing
from shared.contracts.topics import MODEL_OUTPUTS
from tests.kinds.town import NAMES, Town
from tests.support.builders import POOL

TASK_TYPE = "mood"
OPTIONS = ("glad", "sad", "neither")
WORDS = ("the", "small", "bird", "sang", "long", "after", "rain", "and", "nobody", "came")
RIGHT = 0.85
"""How often whoever looks is right."""
STEP_SECONDS = 20.0


@dataclass(frozen=True)
class Plan:
    """What happens in a town.

    golds, wrong: how many golds there are, and how many of them state a wrong answer. gossips: how
    many of the workers tell each other the answers to golds, and guess at all else. placed_max: how
    often each gold is asked. rate: outputs that come in a step, in which a third of the workers
    answer; with many work waits for people, with few people wait for work.
    """

    outputs: int = 300
    workers: int = 12
    golds: int = 60
    wrong: int = 0
    gossips: int = 0
    placed_max: int = 20
    rate: float = 1.0


class SeenOffer(NamedTuple):
    """One offer as its worker's app got it, and what that worker had been told before."""

    sent: Outgoing
    event: OfferMade
    at: float
    confirmed_at: float
    open_before: int


@dataclass
class Events:
    """What came of a town."""

    offers: list[SeenOffer] = field(default_factory=list)
    placed: dict[str, GoldPlaced] = field(default_factory=dict)
    suspended: dict[str, GoldSuspended] = field(default_factory=dict)
    rated: dict[str, WorkerRated] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    """By gold, the answers that were given until it was suspended."""
    answered: dict[str, list[bool]] = field(default_factory=dict)
    """By worker, whether each answer to an ordinary task was right."""


def live(plan: Plan, seed: int) -> Events:
    """Let a town live until all its outputs are answered; return what came of it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.json"
        path.write_text(json.dumps(_catalog()))
        town = _GoldTown(path, plan, random.Random(seed))
        asyncio.run(town.live())
    return town.events


def _catalog() -> dict[str, JsonValue]:
    row: dict[str, JsonValue] = {
        "pool": POOL,
        "question": "What is the mood of this text?",
        "options": [*OPTIONS],
        "gate": {"threshold": 0.95, "audit_share": 0.0},
        "answers": {"min": 2, "max": 3},
        "stopping": {"confidence": 0.8},
        "times": {"accept_seconds": 1800, "answer_seconds": 1800, "task_seconds": 86_400},
        "rate_card": "usd",
    }
    cards: JsonValue = {"usd": {"currency": "USD", "amount_minor": 5}}
    return {"skills": {}, "rate_cards": cards, "task_types": {TASK_TYPE: row}}


class _GoldTown(Town):
    """A town that remembers what each worker was told, in their order."""

    def __init__(self, catalog: Path, plan: Plan, chance: random.Random) -> None:
        super().__init__(catalog)
        self.events = Events()
        self._plan, self._chance = plan, chance
        self._held: dict[str, list[OfferMade]] = {}
        self._confirmed: dict[str, float] = {}
        self._truths: dict[str, str] = {}
        self._known: set[str] = set()
        """Texts of golds whose right answers the gossips know."""
        self._began = self.now

    @property
    def _seconds(self) -> float:
        return (self.now - self._began).total_seconds()

    async def live(self) -> None:
        """Let people come, golds be listed, outputs arrive, and everybody answer meanwhile."""
        for number in range(self._plan.golds):
            self._list(number, wrong=number < self._plan.wrong)
        workers = [f"w-{number:02}" for number in range(self._plan.workers)]
        for worker in workers:
            self.join(worker)
        left = self._plan.outputs
        while left:
            # As many in a step as a Poisson process brings.
            wait = self._chance.expovariate(1)
            while left and wait < self._plan.rate:
                self._arrive(left)
                left -= 1
                wait += self._chance.expovariate(1)
            await self._pass(self._chance.expovariate(1 / STEP_SECONDS))
            for worker in self._chance.sample(workers, len(workers) // 3):
                self._answer(worker)

    async def _pass(self, seconds: float) -> None:
        await self.sweep("router", seconds=seconds)
        await self.sweep("qa")

    def _text(self) -> str:
        return " ".join(self._chance.choices(WORDS, k=self._chance.randint(4, 30)))

    def _output(self, text: str) -> dict[str, JsonValue]:
        return {"labels": [{"label": OPTIONS[0], "score": 0.6}], "text": text}

    def _list(self, number: int, *, wrong: bool) -> None:
        text, truth = self._text(), self._chance.choice(OPTIONS)
        self._truths[text] = truth
        others = [one for one in OPTIONS if one != truth]
        self.tell(
            GoldListed(
                pool=POOL,
                at=self.now,
                task_type=TASK_TYPE,
                gold_id=f"g-{number:03}",
                output=Output(
                    format="sentuh.output",
                    text=text,
                    confidence=Confidence(status="absent", reason="not_stated"),
                ),
                truth=others[0] if wrong else truth,
                people=2,
                placed_max=self._plan.placed_max,
            )
        )

    def _arrive(self, number: int) -> None:
        text = self._text()
        self._truths[text] = self._chance.choice(OPTIONS)
        body = {
            "source": "/m",
            "id": f"o-{number}-{self._chance.getrandbits(64):016x}",
            "task_type": TASK_TYPE,
            "format": "sentuh.output",
            "response": self._output(text),
        }
        digits = f"{self._chance.getrandbits(192):048x}"
        trace = f"00-{digits[:32]}-{digits[32:]}-00".encode()
        record = json.dumps(body).encode()
        self.send(Outgoing(MODEL_OUTPUTS.name, b"k", record, (("traceparent", trace),)))

    # --- what workers are told -------------------------------------------------------------------

    def send(self, sent: Outgoing) -> None:
        """Note what workers and the operator see of a record, before everybody hears it."""
        kind = dict(sent.headers).get("ce_type", b"").decode()
        note = {
            OfferMade.TYPE: self._offered,
            EarningConfirmed.TYPE: self._was_confirmed,
            GoldPlaced.TYPE: self._was_placed,
            GoldSuspended.TYPE: self._was_suspended,
            WorkerRated.TYPE: self._was_rated,
        }.get(kind)
        if note is not None:
            note(sent)
        super().send(sent)

    def _offered(self, sent: Outgoing) -> None:
        event = OfferMade.model_validate_json(sent.value or b"")
        held = self._held.setdefault(event.claims.worker_id, [])
        confirmed = self._confirmed.get(event.claims.worker_id, 0.0)
        seen = SeenOffer(sent, event, self._seconds, confirmed, len(held))
        self.events.offers.append(seen)
        held.append(event)

    def _was_confirmed(self, sent: Outgoing) -> None:
        event = EarningConfirmed.model_validate_json(sent.value or b"")
        self._confirmed[event.worker_id] = self._seconds

    def _was_placed(self, sent: Outgoing) -> None:
        event = GoldPlaced.model_validate_json(sent.value or b"")
        self.events.placed[event.task_id] = event

    def _was_suspended(self, sent: Outgoing) -> None:
        event = GoldSuspended.model_validate_json(sent.value or b"")
        self.events.suspended[event.gold_id] = event

    def _was_rated(self, sent: Outgoing) -> None:
        event = WorkerRated.model_validate_json(sent.value or b"")
        self.events.rated[event.worker_id] = event

    # --- what they answer ------------------------------------------------------------------------

    def _answer(self, worker: str) -> None:
        held = self._held.get(worker, [])
        if not held:
            return
        offer = held.pop(0)
        text = offer.output.text or ""
        truth = self._truths[text]
        gossips = worker in _gossips(self._plan)
        known = not gossips or text in self._known
        says = truth if known and self._chance.random() < (1.0 if gossips else RIGHT) else None
        said = says or self._chance.choice(OPTIONS)
        gold = self.events.placed.get(offer.claims.task_id)
        if gold is None:
            self.events.answered.setdefault(worker, []).append(said == truth)
        elif gold.gold_id not in self.events.suspended:
            self.events.answers[gold.gold_id] = self.events.answers.get(gold.gold_id, 0) + 1
        if gold is not None and gossips:
            self._known.add(text)  # afterwards the pay tells that it was one
        self.answer(offer, said)


def _gossips(plan: Plan) -> Sequence[str]:
    return [f"w-{number:02}" for number in range(plan.gossips)]


__all__ = ["NAMES", "Events", "Plan", "SeenOffer", "live"]
