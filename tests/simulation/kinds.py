"""The scenario with every kind of question: texts go to their second stage, all end in verdicts."""

import json
from collections.abc import Iterable, Mapping, Sequence
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
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from shared.contracts.record import Headers, Outgoing
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.kinds import SCENES
from tests.kinds.scene import Scene, catalog_of
from tests.simulation.people import TURNCOAT, People
from tests.simulation.reading import events_on
from tests.simulation.whole import SOURCE, WholeScenario
from tests.support.world.kafka import Broker
from tests.support.world.kernel import Kernel, wait

TIMES: Mapping[str, JsonValue] = {"accept_seconds": 5, "answer_seconds": 10, "task_seconds": 60}
ANSWERS: Mapping[str, JsonValue] = {"min": 2, "max": 3}
GRACE = timedelta(seconds=60)
"""A day takes too long here."""
TEXTS = 4
"""Outputs to mend, beside one or two of every other kind."""
REFUSING = 0.15
"""How often intake refuses every second stage: none of them says anything, and time ends them."""
_SCENES = tuple(SCENES.values())
SERVED = len(_SCENES)
"""The output that KServe's logger sends, in two events: what was asked, and the response."""
ASKED = "Please say this in plain words."
_KSERVE = "org.kubeflow.serving.inference."


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
        headers = _headers("response") if number == SERVED else ()
        return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), headers)

    async def _output(self, number: int) -> None:
        if number == SERVED:
            self._kernel.spawn("request", self._request())
        await super()._output(number)

    async def _request(self) -> None:
        """Send what was asked, once or twice, before the response or after it."""
        body = json.dumps({"instances": [ASKED]}).encode()
        for key in (b"k", b"l")[: self._kernel.random.choice((1, 2))]:
            await wait(self._kernel.random.random() * 20)
            self._broker.append(Outgoing(MODEL_OUTPUTS.name, key, body, _headers("request")))

    def problems(self) -> Iterable[str]:
        """What is wrong beside what the whole scenario looks at: with the request."""
        yield from super().problems()
        for event in events_on(self._broker, "tasks"):
            if not isinstance(event, TaskCreated) or event.ref.id != f"name:sim;lsn:{SERVED}":
                continue
            if event.output.request not in (None, ASKED):
                yield f"asked {ASKED}, shown {event.output.request}"
        for letter in self._broker.of(DEAD_LETTERS["intake"]):
            if letter.header("ce_type") == f"{_KSERVE}request":
                yield f"a request was refused: {letter.header('dl_detail')}"


def _headers(kind: str) -> Headers:
    attributes = {
        "specversion": "1.0",
        "type": _KSERVE + kind,
        "source": SOURCE,
        "id": f"name:sim;lsn:{SERVED}",
    }
    return tuple([(f"ce_{name}", text.encode()) for name, text in attributes.items()])


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
