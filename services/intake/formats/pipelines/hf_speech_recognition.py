"""The format `hf.speech-recognition`: a transcript by a Hugging Face pipeline.

`{"text", "chunks": [{"text", "timestamp": [0.0, 2.0]}]}`; the end of the last time may be null,
where the recording was cut off within words. The pipeline says nowhere how sure the model was:
people see each output. `{"text": ...}` alone, which it returns without `return_timestamps`, is read
where the format is declared.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject


def recognises(payload: JsonValue) -> bool:
    """Return whether this is text beside chunks with timestamps."""
    if not isinstance(payload, dict) or not isinstance(payload.get("text"), str):
        return False
    chunks = payload.get("chunks")
    return isinstance(chunks, list) and all(
        isinstance(chunk, dict) and "timestamp" in chunk for chunk in chunks
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, without a confidence.

    Raises Refused without a recording in the envelope, and for a transcript without words.
    """
    payload = read_as.an_object(envelope.payload, "$")
    text = transcript.words_in(payload.get("text"), "$.text")
    listed = payload.get("chunks")
    chunks = [] if listed is None else transcript.objects(listed, "$.chunks")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt(text, "$.text") or read_as.ABSENT,
        language=read_as.a_line(_language(chunks)),
    )
    return transcript.output("hf.speech-recognition", envelope, facts)


def _language(chunks: list[JsonObject]) -> JsonValue:
    return next((chunk["language"] for chunk in chunks if chunk.get("language")), None)


FORMAT = Format(
    "hf.speech-recognition",
    recognises,
    read,
    marks=("chunks",),
    programs="Hugging Face speech recognition",
    confidence="none: the pipeline has no number",
    example={
        "text": " send it now",
        "chunks": [{"text": " send it now", "timestamp": [0.0, None]}],
    },
)
