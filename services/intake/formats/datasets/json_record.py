"""The format `json.record`: a JSON object that a model filled in, such as a form or an invoice.

It is read where it is declared only, for any object could be one: the whole object is the answer to
a question of the kind `record`. It holds no confidence, so people see it. Send `sentuh.output` with
the object as `answer` to state one; a chat completion whose text is the object needs neither.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output


def recognises(_: JsonValue) -> bool:
    """Return that no payload is taken for a record unless it is declared to be one."""
    return False


def read(envelope: Envelope) -> Output:
    """Return the output whose answer is the object. Raises Refused for anything but an object."""
    record = read_as.an_object(envelope.payload, "$")
    facts = PayloadFacts(confidence=read_as.ABSENT, answer=record)
    return read_as.output("json.record", envelope, facts)


FORMAT = Format(
    "json.record",
    recognises,
    read,
    programs="structured extraction: a bare JSON object, declared as this format",
    confidence="none: `sentuh.output` states one",
    example={"seller": "Acme", "total": 12.5, "currency": "EUR"},
)
