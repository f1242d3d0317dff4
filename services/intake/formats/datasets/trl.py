"""The formats `trl.preference` and `trl.unpaired`: rows of data sets as TRL trains on them.

A preference is `{"prompt", "chosen", "rejected"}` of texts or messages, or without `prompt`, which
is then what both conversations begin with. Both answers are candidates, and the row's own ranking,
chosen before rejected, is the answer. Unpaired is `{"prompt", "completion", "label"}`: the
completion is the text, and the label `true` or `false` the answer. There is no confidence, so
people see every row. Source: TRL's documentation, `dataset_formats`.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import candidates
from services.intake.formats import payload as read_as
from services.intake.formats.datasets import turns
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output

_PAIR = ("$.chosen", "$.rejected")


def _recognises_pair(payload: JsonValue) -> bool:
    """Return whether these are two answers, of which one was chosen."""
    return isinstance(payload, dict) and payload.keys() >= {"chosen", "rejected"}


def _recognises_unpaired(payload: JsonValue) -> bool:
    """Return whether this is one answer to a prompt with a label that says whether it is good."""
    if not isinstance(payload, dict) or not payload.keys() >= {"prompt", "completion"}:
        return False
    return isinstance(payload.get("label"), bool)


def _read_pair(envelope: Envelope) -> Output:
    """Return the two answers as candidates, in an order that says nothing of the choice.

    Raises Refused for answers without text, and for two that are equal.
    """
    payload = read_as.an_object(envelope.payload, "$")
    prompt, chosen, rejected = (payload.get(name) for name in ("prompt", "chosen", "rejected"))
    shared = turns.shared_turns(chosen, rejected)
    if isinstance(chosen, list) and isinstance(rejected, list) and shared:
        if prompt in (None, "", []):
            prompt = chosen[:shared]
        chosen, rejected = chosen[shared:], rejected[shared:]
    both = [turns.as_answer(said, at) for said, at in zip((chosen, rejected), _PAIR, strict=True)]
    best, other = candidates.of_texts(both, "$.chosen and $.rejected")
    facts = PayloadFacts(
        confidence=read_as.ABSENT,
        candidates=candidates.unordered((best, other)),
        answer={"ranking": [[best.id], [other.id]]},
        request=turns.as_request(prompt, "$.prompt"),
    )
    return read_as.output("trl.preference", envelope, facts)


def _read_unpaired(envelope: Envelope) -> Output:
    """Return the completion as text and its label as the answer.

    Raises Refused for a completion without text, and for a label that is no truth value.
    """
    payload = read_as.an_object(envelope.payload, "$")
    label = payload.get("label")
    if not isinstance(label, bool):
        raise read_as.bad("$.label: send true for a good completion and false for another")
    facts = PayloadFacts(
        confidence=read_as.ABSENT,
        text=turns.as_answer(payload.get("completion"), "$.completion"),
        answer=read_as.a_label(label, "$.label"),
        request=turns.as_request(payload.get("prompt"), "$.prompt"),
    )
    return read_as.output("trl.unpaired", envelope, facts)


PREFERENCE = Format(
    "trl.preference",
    _recognises_pair,
    _read_pair,
    marks=("chosen",),
    programs="rows of preference data sets, as TRL takes them",
    confidence="none",
    example={"prompt": "Capital of France?", "chosen": "Paris.", "rejected": "Lyon."},
)
UNPAIRED = Format(
    "trl.unpaired",
    _recognises_unpaired,
    _read_unpaired,
    marks=("completion",),
    programs="rows of unpaired preference data sets, as TRL takes them",
    confidence="none",
    example={"prompt": "Capital of France?", "completion": "Paris.", "label": True},
)
