"""The scenario with golds: operators list some, one of them wrong, and qa asks people."""

import json
from datetime import timedelta
from pathlib import Path
from unittest import mock

from services.intake.catalog import Catalog, load
from services.qa.golds import asking, sampling
from shared.contracts.events.golds import GoldListed
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.record import Outgoing
from shared.contracts.topics import GOLDS, MODEL_OUTPUTS
from tests.simulation.people import delete, publish
from tests.simulation.whole import SOURCE, WholeScenario
from tests.support.world.kafka import Broker
from tests.support.world.kernel import START, Kernel, wait

OUTPUTS = 26
TRUTHS = {"g-1": "a", "g:2|%": "b", "g-3": "a", "g-4": "a"}
"""Most people say a: whoever believes the second gold takes nearly everybody for wrong."""
DELAY_SECONDS = 4
REST_SECONDS = 25.0
"""After so long without a verdict no gold is due any more: a sweep looks every four seconds."""
PATIENCE = timedelta(seconds=12)
"""Shorter than the rest: what is read again then is old."""
CONTRADICTED_BY = 1


class GoldsScenario(WholeScenario):
    """One pool, in which a good share of what is asked are golds."""

    catalog: Catalog = load(Path(__file__).with_suffix(".yaml"))
    pools = ("main",)
    tasks = OUTPUTS

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        super().__init__(kernel, broker)
        mock.patch.object(sampling, "DELAY_SECONDS_MAX", DELAY_SECONDS).start()
        mock.patch.object(asking, "PATIENCE", PATIENCE).start()
        mock.patch.object(asking, "AGAINST_MIN", CONTRADICTED_BY).start()
        self._said, self._since = -1, 0.0

    def start(self) -> None:
        """Put the operators on the schedule too."""
        super().start()
        for number, gold_id in enumerate(TRUTHS):
            self._kernel.spawn(f"gold {gold_id}", self._list(gold_id, number))

    async def _list(self, gold_id: str, number: int) -> None:
        random = self._kernel.random
        await wait(random.random() * 15)
        self._publish(gold_id, 1)
        await wait(random.random() * 30)
        if number == 3:
            delete(self._broker, GOLDS, f"main measured {gold_id}")
        elif random.random() < 0.5:
            self._publish(gold_id, 2, suspended=number == 2)

    def _publish(self, gold_id: str, revision: int, *, suspended: bool = False) -> None:
        gold = GoldListed(
            pool="main",
            at=START + timedelta(seconds=self._kernel.time),
            task_type="measured",
            gold_id=gold_id,
            revision=revision,
            output=Output(
                format="sklearn.proba",
                text=f"shown with {gold_id}",
                confidence=Confidence(status="absent", reason="not_stated"),
            ),
            truth=TRUTHS[gold_id],
            people=2,
            placed_max=3,
            suspended=suspended,
        )
        publish(self._broker, gold, times=1 + (self._kernel.random.random() < 0.2))

    @property
    def sent(self) -> bool:
        """Whether all has ended, and no gold followed for a while."""
        if not super().sent:
            self._said = -1
            return False
        said = len(self._watch.of("verdict.reached.v1"))
        if said != self._said:
            self._said, self._since = said, self._kernel.time
        return self._kernel.time - self._since > REST_SECONDS

    def sent_record(self, number: int) -> Outgoing:
        """An output's record; of some the model is sure."""
        top = 0.97 if number % 7 == 6 else 0.5 + number % 4 / 20
        body = {
            "source": SOURCE,
            "id": f"name:sim;lsn:{number}",
            "task_type": "measured",
            "format": "sklearn.proba",
            "response": {"labels": ["a", "b", "c"], "probabilities": [top, 1 - top, 0.0]},
        }
        return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), ())
