"""What each service writes for each stored sample, under the state version its card names.

`python -m tests.contracts.forms` stores it anew.
"""

import json
from importlib import import_module
from pathlib import Path

from shared.contracts import envelope
from shared.contracts.card import Card
from shared.contracts.events import BY_TYPE
from shared.contracts.topics import BY_NAME, SERVICES
from shared.pattern.service import Folds
from shared.state.changes import Write
from tests.contracts.samples import sample

FOLDER = Path(__file__).parent / "forms"
Form = dict[str, object]


def form_now(service: str) -> Form:
    """The state version, and by event type each write its fold makes, guarded or not."""
    card: Card = import_module(f"services.{service}").CARD
    folds: Folds = import_module(f"services.{service}.fold").folds
    writes: dict[str, list[str]] = {}
    for event_type, kind in sorted(BY_TYPE.items()):
        stored = sample(event_type)
        if kind.TOPIC not in (*card.journals, *card.also_folds):
            continue
        _, event = envelope.decode(stored.record(), BY_NAME[stored.topic])
        changes = folds(event, 0)
        writes[event_type] = [_said(write) for change in changes for write in change.writes]
    return {
        "form": card.state_version,
        "writes": {name: found for name, found in writes.items() if found},
    }


def _said(write: Write) -> str:
    """Its words; of a value that is no text only that it is none, as another build of what packed
    it may pack it otherwise and still read it.
    """
    return " ".join(word if _is_text(word) else "(bytes)" for word in write)


def _is_text(word: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in word)


def form_stored(service: str) -> Form:
    """The same, as it was stored."""
    found: Form = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    return found


def _store() -> None:
    FOLDER.mkdir(exist_ok=True)
    for service in SERVICES:
        said = json.dumps(form_now(service), indent=1, ensure_ascii=False)
        (FOLDER / f"{service}.json").write_text(f"{said}\n", encoding="utf-8")


if __name__ == "__main__":
    _store()
