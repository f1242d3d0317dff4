"""Records of each kind's story, stored for ever: `python -m tests.kinds.stored` adds those missing.

A file `tests/kinds/samples/<kind>.json` is never written again: what was published once must be
read by every later build, and nothing of it may be lost.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import JsonValue

from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from tests.kinds import SCENES
from tests.kinds.town import Town, play

FOLDER = Path(__file__).parent / "samples"
TYPES: tuple[type[Event], ...] = (
    TaskCreated,
    OfferMade,
    OfferAnswered,
    AssignmentAnswered,
    VerdictReached,
)
"""Of which the last one said is stored: what carries a question, an answer or a detail."""


def stored(kind: str) -> dict[str, JsonValue]:
    """Return the stored value of each type of event, by the type's name; {} where none are."""
    path = FOLDER / f"{kind}.json"
    values: dict[str, JsonValue] = json.loads(path.read_text()) if path.exists() else {}
    return values


def last_records(town: Town) -> dict[str, JsonValue]:
    """Return the value of the last record of each type in a town, as it stands on its topic."""
    last: dict[str, JsonValue] = {}
    for record in town.records:
        if record.header("dl_reason") is None:
            last[record.header("ce_type") or ""] = json.loads(record.value or b"null")
    return {kind.TYPE: last[kind.TYPE] for kind in TYPES}


def main() -> None:
    """Store the records of the kinds that have none."""
    FOLDER.mkdir(exist_ok=True)
    for kind, scene in SCENES.items():
        if not stored(kind):
            with TemporaryDirectory() as home:
                values = last_records(play(scene, Path(home)))
            text = json.dumps(values, indent=1, ensure_ascii=False)
            (FOLDER / f"{kind}.json").write_text(text + "\n", encoding="utf-8")
            print(f"stored: {kind}")


if __name__ == "__main__":
    main()
