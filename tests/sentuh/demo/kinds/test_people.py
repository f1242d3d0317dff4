"""People of the demo make each kind's outputs better, and the audit finds nothing to it."""

from typing import Any

import pytest

from sentuh.audit import audit_records
from sentuh.demo.kinds import MATERIALS
from sentuh.demo.kinds.terms import Measured
from sentuh.demo.material import ModelOutput, Truth, truth_of
from sentuh.demo.parts import CATALOG
from sentuh.demo.workforce import Person, ShownTask, deed, workforce
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from tests.kinds.town import Town
from tests.support.builders import POOL

SEED, COUNT, PEOPLE = 1, 12, 30
WITHOUT_WHEELS = [name for name, material in MATERIALS.items() if name != "transcript"]


class Work:
    """People who answer every offer at once, as they do in the demo."""

    def __init__(self, outputs: list[ModelOutput]) -> None:
        self.town = Town(CATALOG)
        self._people = {person.worker_id: person for person in workforce(PEOPLE, SEED)}
        self._truths = {truth_of(one).task_id: truth_of(one) for one in outputs}
        self._read = 0
        for person in self._people.values():
            self.town.tell(self._profile(person))
        for one in outputs:
            named = {"source": one.source, "id": one.id, "format": one.format}
            self.town.output({**named, **one.envelope})

    def until_done(self) -> dict[str, Truth]:
        """Let people come in, twice each, and answer; return the truths by task."""
        for worker in (*self._people, *self._people):
            here = {"pool": POOL, "at": self.town.now, "worker_id": worker}
            shows = {"presence": "available", "kinds": sorted(KINDS)}
            self.town.tell(PresenceChanged.model_validate({**here, **shows}))
            self._answer()
        return self._truths

    def _answer(self) -> None:
        while self._read < len(self.town.records):
            record = self.town.records[self._read]
            self._read += 1
            if record.header("ce_type") == OfferMade.TYPE:
                offer = OfferMade.model_validate_json(record.value or b"")
                self.town.answer(offer, self._said(offer))

    def _said(self, offer: OfferMade) -> Answer:
        claims = offer.claims
        person, truth = self._people[claims.worker_id], self._truths[claims.task_id]
        draft = offer.asked.draft if offer.asked else None
        return deed(person, SEED, ShownTask(claims.task_id, truth.truth, claims.asks, draft)).answer

    def _profile(self, person: Person) -> WorkerProfiled:
        return WorkerProfiled(
            pool=POOL,
            at=self.town.now,
            worker_id=person.worker_id,
            skills=person.skills,
            languages=list(person.languages),
            capacity=person.capacity,
        )


@pytest.mark.parametrize("kind", WITHOUT_WHEELS)
def test_verdicts_are_nearer_to_the_truth_than_the_model(kind: str) -> None:
    material = MATERIALS[kind]
    work = Work(material.outputs(SEED, COUNT))
    truths = work.until_done()
    answers: dict[str, Any] = {said.task_id: said.answer for said in work.town.of(VerdictReached)}

    def share(measured: list[Measured]) -> float:
        return sum(one.amount for one in measured) / sum(one.of for one in measured)

    before, after, best = (
        share([material.measure(answer, truth.truth) for answer, truth in said])
        for said in (
            [(truth.model_answer, truth) for truth in truths.values()],
            [(answers[task], truth) for task, truth in truths.items()],
            [(truth.truth, truth) for truth in truths.values()],
        )
    )
    assert abs(after - best) < abs(before - best)
    assert work.town.refused() == []
    report = audit_records(work.town.records)
    assert [str(report.finding(number)) for number in report.broken] == []
