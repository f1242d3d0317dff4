"""The mixture of kinds: task types of every kind, an output of each, and what people answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from pydantic import JsonValue

from sentuh.demo.people import guess
from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from tests.faults.chance import chance_of
from tests.kinds import SCENES
from tests.kinds.scene import Scene, catalog_of

if TYPE_CHECKING:
    from tests.faults.load import Load

SHARE_OF_SCENE = 0.7
"""How often somebody says what a person of the scene says, and not anything that fits."""
TIMES: Mapping[str, JsonValue] = {"accept_seconds": 30, "answer_seconds": 30, "task_seconds": 600}
ANSWERS: Mapping[str, JsonValue] = {"min": 2, "max": 3}
TEXTS: Sequence[Answer] = tuple(
    {"text": f"{opening} {'and so on ' * 200}"} for opening in ("One", "Two", "Three")
)
"""What people write who are asked for a text: long enough to be kept apart."""
OF_TEXTS: Mapping[str, JsonValue] = {"characters_max": 20_000}
BY_TYPE: Mapping[str, Scene] = {scene.name: scene for scene in SCENES.values()}
SECOND = "compare-text"
"""The task type that decides between texts, and between transcripts nobody is sure of."""


def catalog(plain: Path) -> str:
    """Return the task types of a file, and beside them one of each kind, as JSON."""
    whole = yaml.safe_load(plain.read_text(encoding="utf-8"))
    mixed = cast("dict[str, dict[str, Any]]", catalog_of(*SCENES.values()))
    for row in mixed["task_types"].values():
        row |= {"times": dict(TIMES), "answers": dict(ANSWERS)}
    mixed["task_types"][SCENES["text"].name] |= OF_TEXTS
    mixed["task_types"][SCENES["transcript"].name]["then"] = SECOND
    for section, rows in mixed.items():
        whole[section] |= rows
    return json.dumps(whole)


def output(label: str, number: int) -> Mapping[str, JsonValue]:
    """Return an output of one of the kinds, which its name decides."""
    scenes = list(SCENES.values())
    return scenes[int(chance_of("kind", label, str(number)) * len(scenes))].output()


def answer(offer: OfferMade) -> Answer:
    """Return what a worker says of an offer of the mixture; it follows from task and worker."""
    about = offer.claims.task_id, offer.claims.worker_id
    scene, chance = BY_TYPE.get(offer.claims.task_type), chance_of("said", *about)
    if scene is None or chance > SHARE_OF_SCENE:
        return guess(offer.claims.asks, *about)
    said = TEXTS if scene.kind == "text" else scene.answers
    return said[int(chance / SHARE_OF_SCENE * len(said))]


@contextmanager
def every_kind(load: "Load") -> Iterator[None]:
    """Meanwhile outputs of all kinds come in."""
    before = load.output
    load.output = output
    try:
        yield
    finally:
        load.output = before
