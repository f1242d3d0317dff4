"""The scenario in which the platform learns: who is known, and from where on a gate may waive."""

import json
from pathlib import Path

from services.intake.catalog import Catalog, load
from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from shared.contracts.record import Outgoing
from shared.contracts.topics import MODEL_OUTPUTS
from tests.simulation.people import People
from tests.simulation.whole import SOURCE, WholeScenario
from tests.support.builders import options_of
from tests.support.world.kernel import wait

OUTPUTS = 30
"""So many that a worker gives ten answers, from which on a rating counts."""
PROMISED = 24
"""Outputs behind a gate with a promise, which opens after five verdicts that they are right."""


class Agreeing(People):
    """Workers who say of what is promised that it is right."""

    def _opinion(self, offer: OfferMade) -> Answer:
        promised = offer.claims.task_type == "promised"
        return options_of(offer.claims.asks)[0] if promised else super()._opinion(offer)


class LearningScenario(WholeScenario):
    """One pool, whose workers become known while faults go on."""

    catalog: Catalog = load(Path(__file__).with_suffix(".yaml"))
    pools = ("main",)
    tasks = OUTPUTS + PROMISED
    people = Agreeing

    async def _output(self, number: int) -> None:
        if number >= OUTPUTS:
            await wait(self._kernel.random.random() * 120)
        await super()._output(number)

    def sent_record(self, number: int) -> Outgoing:
        """An output's record, of which the model is not sure; of what is promised it is."""
        promised = number >= OUTPUTS
        top = 0.9995 if promised else 0.5 + number % 4 / 20
        body = {
            "source": SOURCE,
            "id": f"name:sim;lsn:{number}",
            "task_type": "promised" if promised else "rated",
            "format": "sklearn.proba",
            "response": {"labels": ["a", "b", "c"], "probabilities": [top, 1 - top, 0.0]},
        }
        return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), ())
