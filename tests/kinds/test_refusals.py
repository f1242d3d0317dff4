"""A refusal of an answer of another JSON type says in which form to send it, for every kind."""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from services.intake.catalog import load
from shared.contracts.question import Question
from shared.contracts.questions import KINDS
from tests.kinds import SCENES
from tests.kinds.scene import catalog_of
from tests.kinds.town import Town

FORMS = {
    "choice": "as text, in quotes",
    "choices": 'a list of the offer\'s options: ["...", "..."]',
    "preference": '{"ranking": [["c1"], ["c2"], ["c3"]]}',
    "rating": "a number, not in quotes",
    "record": 'an object, {"field": value}',
    "spans": 'a list of spans: [{"start": 0, "end": 4, "label": "..."}]',
    "text": '{"text": "..."}',
    "transcript": '{"text": "what is said"}',
}
"""In which words each kind names the form of its answers."""
LONG = "a long text " * 20
ANSWERS: tuple[JsonValue, ...] = (LONG, 7, 7.5, True, ["x"], [7], {}, {"an": "object"})


def is_of_the_type(kind: str, answer: JsonValue) -> bool:
    """Whether an answer has the JSON type of this kind's answers, and may be refused otherwise."""
    types: dict[str, tuple[type, ...]] = {
        "choice": (str,),
        "choices": (list,),
        "rating": (int, float),
        "spans": (list,),
        "record": (dict,),
    }
    return type(answer) in types.get(kind, ())


def questions_of(kind: str, home: Path) -> list[Question]:
    """Return the question of a kind's scene, and what a token tells of it."""
    catalog = home / "catalog.json"
    scene = SCENES[kind]
    catalog.write_text(json.dumps(catalog_of(scene)))
    town = Town(catalog)
    town.output(scene.output())
    town.join("w-1", scene.name, kinds=[kind])
    asks = town.offer("w-1").claims.asks
    assert load(catalog).task_type(scene.name).kind == asks.kind
    question, digests = asks.in_token()
    return [asks, question.from_token(digests)]


def test_the_form_of_every_kind_is_checked_here() -> None:
    assert FORMS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_another_type_is_refused_with_the_form_to_send(
    kind: str, tmp_path: Path
) -> None:
    for question in questions_of(kind, tmp_path):
        for answer in ANSWERS:
            if not is_of_the_type(kind, answer):
                assert FORMS[kind] in (question.problem_with(answer) or ""), answer
