"""What a task type redacts leaves intake as its kind alone, on a broker, to the last service."""

from pydantic import JsonValue

from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import OutputWaived
from shared.contracts.topics import MODEL_OUTPUTS, TOPICS
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.wire import Wire

SOURCE = "/models/letters"
PLANTED = (
    "ana@example.com",
    "0812-3456-7890",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "3171011708450001",
    "01.312.166.0-091.000",
)
SHOWN = "[email], [phone], [payment_card], [iban], [nik], [npwp]"


def publish(wire: Wire, named: str, sure: float) -> str:
    """Send an output that holds one of everything in text and request; the id of its task."""
    text = ", ".join(PLANTED)
    payload: JsonValue = {"text": text, "answer": "right", "confidence": {"value": sure}}
    sent: JsonValue = {
        "source": SOURCE,
        "id": named,
        "task_type": "redacted",
        "request": f"Answer: {text}",
        "response": payload,
    }
    wire.send(MODEL_OUTPUTS, raw(sent))
    return natural_id("output", SOURCE, named)


def publish_apart(wire: Wire, named: str) -> str:
    """Send the same as KServe's logger does, what was asked in an event of its own; the task's id.

    Both have one key, so that the request is read first.
    """
    text = ", ".join(PLANTED)
    payload: JsonValue = {"text": text, "answer": "right", "confidence": {"value": 0.1}}
    sent: dict[str, JsonValue] = {
        "request": {"instances": [f"Answer: {text}"]},
        "response": {"format": "sentuh.output", "response": payload},
    }
    for kind, body in sent.items():
        attributes = {
            "specversion": "1.0",
            "type": f"org.kubeflow.serving.inference.{kind}",
            "source": SOURCE,
            "id": named,
            "tasktype": "redacted",
        }
        headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
        wire.send(MODEL_OUTPUTS, raw(body), key=named.encode(), headers=headers)
    return natural_id("output", SOURCE, named)


def test_no_redacted_value_is_on_any_topic_but_that_of_the_original(
    wire: Wire, people: People
) -> None:
    asked, waived = publish_apart(wire, "o-asked"), publish(wire, "o-waived", 0.99)
    people.join("w-reader", skills={"redacted": 1})
    offer = people.offer("w-reader", asked)
    people.answer(offer, "right")
    wire.until(lambda: wire.of(EarningConfirmed, task_id=asked))
    wire.until(lambda: wire.of(OutputWaived, task_id=waived))

    assert offer.output.text == SHOWN
    assert offer.output.request == f"Answer: {SHOWN}"
    for topic in TOPICS:
        for record in wire.records(topic) if topic is not MODEL_OUTPUTS else ():
            whole = b" ".join([record.value or b"", *(value or b"" for _, value in record.headers)])
            assert not [one for one in PLANTED if one.encode() in whole], topic.name
