"""The format `acme.moderation`: what Acme's moderation service says of one comment.

`{"acme": 1, "comment": "...", "decision": "allow" | "hide", "certainty": 0..100}`
"""

from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Scored


def recognises(payload):
    """Return whether this is Acme's: cheap, and never true of what another program writes."""
    return isinstance(payload, dict) and payload.get("acme") == 1 and "decision" in payload


def read(envelope):
    """Return the output; raises Refused, with the field and the fix, where it cannot be read."""
    payload = read_as.an_object(envelope.payload, "$")
    decision = read_as.a_label(payload.get("decision"), "$.decision")
    percent = read_as.a_number(payload.get("certainty"), "$.certainty")
    if 0 <= percent <= 100:
        confidence = read_as.probability(percent / 100, "$.certainty")
        labels = (Scored(label=decision, score=percent / 100),)
    else:
        # What cannot be is never waived: people see the output whatever the threshold.
        confidence = read_as.sentinel("off_scale", "percent", path="$.certainty")
        labels = ()
    facts = PayloadFacts(
        confidence=confidence,
        text=read_as.a_text(payload.get("comment"), "$.comment"),
        labels=labels,
        answer=decision,
    )
    return read_as.output("acme.moderation", envelope, facts)


FORMAT = Format(
    "acme.moderation",
    recognises,
    read,
    marks=("acme",),
    programs="Acme's moderation service",
    confidence="`certainty`, in percent",
    without=read_as.REFUSED,
    example={"acme": 1, "comment": "Nice!", "decision": "allow", "certainty": 81},
)
