"""No offer of any kind says which model it was, how sure it was, or what it answered."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from pydantic import JsonValue

from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from tests.kinds import SCENES
from tests.kinds.scene import Scene, catalog_of
from tests.kinds.spans import BOB, TEXT
from tests.kinds.town import Town

ZEBRA = "zebra"
LEADING: dict[str, JsonValue] = {
    "model": "reader-of-zebras",
    "model_version": "v7.zebra",
    "labels": [{"label": ZEBRA, "score": 0.3141}, {"label": "okapi", "score": 0.2718}],
}
TOLD = (ZEBRA, "okapi", "0.31", "0.27", "0.1618", "sentuh.output")
"""What only the model's side said; `0.1618` is how sure it is."""


def offer_of(scene: Scene, home: Path, **response: JsonValue) -> OfferMade:
    """Return an offer of an output of this scene, with these fields of the response beside."""
    catalog = home / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(scene)))
    town = Town(catalog)
    stated = {**scene.response, **LEADING, **response, "confidence": {"value": 0.1618}}
    town.output({**scene.output(), "response": cast("JsonValue", stated)})
    town.join("w-1", scene.name, kinds=[scene.kind])
    return town.offer("w-1")


def readable(offer: OfferMade) -> str:
    """Return all of an offer that its worker can read: its fields, and the claims in its token."""
    payload = offer.token.split(".")[1].partition("~")[0]
    claims = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    return offer.model_dump_json(exclude_none=True) + claims


def drafting(kind: str, share: float | None) -> Scene:
    """Return a scene of this kind; with a share its task type shows drafts to the other seats."""
    scene = SCENES[kind]
    shows: dict[str, JsonValue] = {"draft": "show", "draft_blind_share": share}
    shows = {} if share is None else shows
    return replace(scene, row={**scene.row, **shows})


def _cases() -> Iterator[tuple[str, float | None]]:
    for kind in KINDS:
        shares = (None, 0.0, 1.0) if KINDS[kind].drafts else (None,)
        yield from ((kind, share) for share in shares)


CASES = list(_cases())
"""Each kind, and of a kind that knows drafts which share of the seats is blind."""


@pytest.mark.parametrize(("kind", "share"), CASES)
def test_no_offer_says_how_sure_the_model_was_or_which_it_was(
    kind: str, share: float | None, tmp_path: Path
) -> None:
    offer = offer_of(drafting(kind, share), tmp_path)
    seen = readable(offer)

    told = {told for told in TOLD if told in seen}
    assert told <= ({ZEBRA} if offer.claims.drafted else set())  # the likeliest label is a draft


MALFORMED: dict[str, dict[str, JsonValue]] = {
    "transcript": {"text": f"the {ZEBRA} said so", "answer": {"said": f"the {ZEBRA} said so"}},
    "record": {"text": f"seller: {ZEBRA}", "answer": {"seller": ZEBRA, "totel": 1}},
    "spans": {"text": TEXT, "answer": [{**BOB, "label": ZEBRA}]},
    "choice": {"answer": ZEBRA},
    "choices": {"answer": [ZEBRA]},
    "rating": {"answer": f"{ZEBRA} of 5"},
    "preference": {"answer": {"ranking": [[ZEBRA]]}},
    "text": {"answer": {"text": ZEBRA}},
}
"""Of each kind an output whose answer is none to the question, so that it is no draft either."""


@pytest.mark.parametrize(("kind", "share"), CASES)
def test_an_answer_that_fits_no_question_is_shown_to_nobody(
    kind: str, share: float | None, tmp_path: Path
) -> None:
    offer = offer_of(drafting(kind, share), tmp_path, **MALFORMED[kind])

    assert offer.claims.drafted is None
    assert ZEBRA not in readable(offer)


def test_every_kind_has_an_answer_that_fits_no_question() -> None:
    assert MALFORMED.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("answer", "shown"), [("a striped horse", "a striped horse"), ("no", None), (None, None)]
)
def test_the_answer_is_shown_where_people_are_asked_about_it(
    answer: Answer, shown: Answer, tmp_path: Path
) -> None:
    scene = SCENES["choice"]
    gate: dict[str, JsonValue] = {"threshold": 0.9, "audit_share": 0.0, "waived_answer": "yes"}
    about_it = replace(scene, row={**scene.row, "gate": gate})
    response: dict[str, JsonValue] = {"text": "material", "labels": [], "answer": answer}
    offer = offer_of(about_it, tmp_path, **response)

    assert (offer.output.text, offer.output.answer) == ("material", shown)
