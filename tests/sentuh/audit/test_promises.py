"""A waiver by a promise needs a standing that allows it, and chance on its side."""

import pytest

from sentuh.audit.promises import what_is_waived_was_promised
from sentuh.history.collect import collect
from shared.contracts.events.gates import GateStood
from shared.contracts.events.parts import Gate
from shared.contracts.events.promised import Promised
from shared.contracts.events.tasks import OutputWaived
from shared.contracts.topics import Names
from tests.sentuh.audit.journals import Log
from tests.support.builders import NOW, a_waiver

STOOD = GateStood(
    pool="gate",
    at=NOW,
    gate="g",
    task_type="animals",
    revision=130,
    term=1,
    threshold=0.95,
    halvings=4,
)


def a_promised_waiver(threshold: float = 0.95, /, **changed: object) -> OutputWaived:
    promised = Promised(
        mode="on", gate="g", promise="p", revision=130, term=1, band=12, waives=True
    )
    gate = Gate(
        reason="confident",
        threshold=threshold,
        audit_share=1 / 16,
        promised=promised.model_copy(update=changed),
    )
    return a_waiver().model_copy(update={"gate": gate})


def violations(*events: GateStood | OutputWaived) -> list[str]:
    log = Log(Names())
    for event in events:
        log.say(event)
    return [str(one) for one in what_is_waived_was_promised(collect(log.records, Names(), None))]


def test_a_waiver_that_its_standing_allows_is_no_violation() -> None:
    assert violations(STOOD, a_promised_waiver()) == []
    assert violations(a_promised_waiver(mode="shadow", revision=0)) == []


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ((STOOD, a_promised_waiver(revision=0)), "was not open"),
        ((STOOD, a_promised_waiver(waives=False)), "was not open"),
        ((STOOD, a_promised_waiver(revision=131)), "never told of revision 131"),
        ((STOOD, a_promised_waiver(term=2)), "waived nothing in term 2"),
        ((STOOD, a_promised_waiver(0.9)), "stands from 0.95 on"),
        ((STOOD, a_promised_waiver(0.99)), "0.97 is below 0.99"),
        (
            (STOOD.model_copy(update={"threshold": None}), a_promised_waiver()),
            "waived nothing in term 1",
        ),
    ],
)
def test_a_waiver_that_nothing_allows_is_named(
    events: tuple[GateStood, OutputWaived], why: str
) -> None:
    (violation,) = violations(*events)

    assert violation.startswith("t-1")
    assert why in violation


def test_an_output_that_chance_drew_for_people_is_not_waived() -> None:
    waiver = a_promised_waiver()
    drawn = waiver.model_copy(update={"gate": waiver.gate.model_copy(update={"audit_share": 1.0})})

    (violation,) = violations(STOOD, drawn)

    assert "chance drew it for people" in violation
