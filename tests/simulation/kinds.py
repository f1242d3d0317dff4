"""The scenario with every kind of question: texts go to their second stage, all end in verdicts."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from unittest import mock

from pydantic import JsonValue

from sentuh.demo.people import guess
from services.intake.catalog import Catalog, load
from services.qa.second_stage import requesting
from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from shared.contracts.record import Outgoing
from shared.contracts.topics import MODEL_OUTPUTS
from tests.kinds import SCENES
from tests.kinds.scene import Scene, catalog_of
from tests.simulation.people import TURNCOAT, People
from tests.simulation.whole import SOURCE, WholeScenario
from tests.support.world.kafka import Broker
from tests.support.world.kernel import Kernel

TIMES: Mapping[str, JsonValue] = {"accept_seconds": 5, "answer_seconds": 10, "task_seconds": 60}
ANSWERS: Mapping[str, JsonValue] = {"min": 2, "max": 3}
GRACE = timedelta(seconds=60)
"""A day takes too long here."""
TEXTS = 4
"""Outputs to mend, beside one or two of every other kind."""
REFUSING = 0.15
"""How often intake refuses every second stage: none of them says anything, and time ends them."""
_SCENES = tuple(SCENES.values())


def _catalog() -> Catalog:
    written = catalog_of(*_SCENES)
    types = cast("dict[str, dict[str, JsonValue]]", written["task_types"])
    for row in types.values():
        row |= {"times": dict(TIMES), "answers": dict(ANSWERS)}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.json"
        path.write_text(json.dumps(written))
        return load(path)


class AllRounders(People):
    """Workers whose app shows every kind, and who have every skill."""

    def _kinds(self, number: int) -> Sequence[str] | None:
        if number == TURNCOAT and not self._quiet:
            return (tuple(sorted(KINDS)), None)[int(self._kernel.time / 7) % 2]
        return tuple(sorted(KINDS))

    def _skills(self, number: int) -> Mapping[str, int]:
        return dict.fromkeys((scene.name for scene in _SCENES), 1 + number % 5)

    def _opinion(self, offer: OfferMade) -> Answer:
        """Say what somebody in the scene says, or anything that fits."""
        random = self._kernel.random
        scene = next((one for one in _SCENES if one.name == offer.claims.task_type), None)
        if scene is not None and random.random() < 0.6:
            return random.choice([*scene.answers, scene.late])
        return guess(offer.claims.asks, random.randrange(8))


class KindsScenario(WholeScenario):
    """An output or two of every kind, and some texts that are compared afterwards."""

    catalog = _catalog()
    pools = ("main",)
    people = AllRounders
    tasks = len(_SCENES) + TEXTS

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        super().__init__(kernel, broker)
        mock.patch.object(requesting, "GRACE", GRACE).start()
        if kernel.random.random() < REFUSING:
            self.catalog = _REFUSING

    def sent_record(self, number: int) -> Outgoing:
        """An output's record; those beyond one of each kind are texts."""
        body = _scene(number).output(f"name:sim;lsn:{number}") | {"source": SOURCE}
        return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), ())


def _refusing(catalog: Catalog) -> Catalog:
    """Return a catalog under which intake refuses what a second stage asks about."""
    seconds = {row.second_stage() for row in catalog.task_types.values()}
    types = {
        name: row.model_copy(update={"shows": ("media",)}) if name in seconds else row
        for name, row in catalog.task_types.items()
    }
    return catalog.model_copy(update={"task_types": types})


_REFUSING = _refusing(KindsScenario.catalog)


def _scene(number: int) -> Scene:
    return _SCENES[number] if number < len(_SCENES) else SCENES["text"]
