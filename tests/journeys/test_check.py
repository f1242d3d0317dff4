"""What `sentuh check` says of real programs' outputs is what intake does with them on a broker."""

import json
from typing import Any

from sentuh.check import Checker
from services.intake.catalog import load
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.services.intake.formats.test_outputs import OUTPUTS

SOURCE = "/check"
NAMES = sorted(path.stem for path in OUTPUTS.glob("*.json"))


def _value(name: str) -> bytes:
    """Return a record's value: the output in our envelope, with what people need beside it."""
    sent = {
        "source": SOURCE,
        "id": name,
        "response": json.loads((OUTPUTS / f"{name}.json").read_text()),
        "request": "What does it say?",
        "media": {"ref": "s3://calls/a.wav"},
    }
    return json.dumps(sent).encode()


def _told(checker: Checker, name: str) -> Any:
    record = Record(MODEL_OUTPUTS.name, 0, 0, None, _value(name), (), 0)
    checked = checker.check(name, record)
    if checked.became == "refused":
        return "refused", checked.reason, checked.detail
    assert checked.event is not None
    return checked.became, _without_time(checked.event)


def _without_time(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event but for when it was decided, and what follows from that."""
    facts = {name: value for name, value in event.items() if name != "at"}
    if "policy" in facts:
        times = {**facts["policy"]["times"], "deadline_at": ""}
        facts["policy"] = {**facts["policy"], "times": times}
    return facts


def _done(wire: Wire, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Return what came of each output, by its name."""
    came: dict[str, Any] = {}
    for became, events in (("task", wire.of(TaskCreated)), ("waived", wire.of(OutputWaived))):
        for event in events:
            if event.ref.source == SOURCE:
                dumped = event.model_dump(mode="json", exclude_none=True)
                came[event.ref.id] = became, _without_time(dumped)
    for letter in wire.records(DEAD_LETTERS["intake"]):
        name = names.get((letter.header("dl_partition") or "", letter.header("dl_offset") or ""))
        if name is not None:
            came[name] = "refused", letter.header("dl_reason"), letter.header("dl_detail")
    return came


def test_check_says_of_each_output_what_intake_did_with_it(platform: Platform, wire: Wire) -> None:
    names = {}
    for name in NAMES:
        place, offset = wire.send(MODEL_OUTPUTS, _value(name))
        names[str(place.partition), str(offset)] = name
    wire.until(lambda: platform.has_read_all("intake", MODEL_OUTPUTS))
    wire.until(lambda: len(_done(wire, names)) == len(NAMES))
    checker = Checker(load(platform.home / "catalog.yaml"))
    came = _done(wire, names)
    assert {name: _told(checker, name) for name in NAMES} == came
    assert {became for became, *_ in came.values()} == {"task", "waived", "refused"}
