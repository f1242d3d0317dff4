"""The format `batch.line`: one line of a batch's results, round an answer of the chat formats.

OpenAI, Mistral and vLLM write `{"custom_id", "response": {"status_code", "body"}, "error"}`,
Anthropic `{"custom_id", "result": {"type": "succeeded", "message"}}`, Gemini
`{"key", "response": {"candidates"}}`. Text, candidates and confidence are those of the answer in
it, read in its own format; paths begin at the line. The name that upstream gave the line becomes
the correlation id, where the envelope has none. Refused: a request that failed, and a body in none
of the chat formats (BAD_OUTPUT). Source: the batch guides of these APIs.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.foreign import is_batch_line
from services.intake.formats import beside_answer
from services.intake.formats import payload as read_as
from services.intake.formats.chat import (
    answers,
    anthropic_messages,
    gemini,
    openai_chat,
    openai_completion,
    openai_responses,
)
from services.intake.formats.payload import Format
from shared.contracts.errors import Refused
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

_BODIES = (
    openai_chat.FORMAT,
    openai_responses.FORMAT,
    openai_completion.FORMAT,
    anthropic_messages.FORMAT,
    gemini.FORMAT,
)
_HTTP_ERRORS = 400
_HTTP_STATUS_MAX = 999
_FIX = "leave out the lines of requests that failed"


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a line of a batch's results, of a request that failed too."""
    return isinstance(payload, dict) and is_batch_line(payload)


def read(envelope: Envelope) -> Output:
    """Return the output that is in the line.

    Raises Refused for a request that failed, and for an answer that no chat format reads.
    """
    body, path = _body(read_as.an_object(envelope.payload, "$"))
    alike = [known for known in _BODIES if known.recognises(body)]
    if len(alike) != 1:
        names = ", ".join(known.name for known in _BODIES)
        raise read_as.bad(f"{path}: it is no answer in one of {names}: send lines of these alone")
    try:
        output = beside_answer.checked(alike[0].read(envelope._replace(payload=body)), body)
    except Refused as refusal:
        raise Refused(refusal.reason, _at(path, refusal.detail)) from None
    where = output.confidence.source_path
    if where is not None:
        moved = output.confidence.model_copy(update={"source_path": _at(path, where)})
        output = output.model_copy(update={"confidence": moved})
    return output.model_copy(update={"format": "batch.line"})


def _at(path: str, words: str) -> str:
    """Return the words with the path that they begin with, if they do, beginning at the line."""
    return path + words[1:] if words.startswith("$") else words


def _body(line: JsonObject) -> tuple[JsonObject, str]:
    """Return the answer in a line and its path. Raises Refused for a request that failed."""
    if line.get("error"):
        code = _code(line["error"])
        raise read_as.bad(f"$.error: the request failed ({code}): {_FIX}")
    if "result" in line:
        return _of_result(read_as.an_object(line["result"], "$.result"))
    response = read_as.an_object(line.get("response"), "$.response")
    if "candidates" in response:
        return response, "$.response"
    status = response.get("status_code")
    if isinstance(status, int) and status >= _HTTP_ERRORS:
        stated = f" ({status})" if status <= _HTTP_STATUS_MAX else ""
        raise read_as.bad(f"$.response.status_code: the request failed{stated}: {_FIX}")
    return read_as.an_object(response.get("body"), "$.response.body"), "$.response.body"


def _of_result(result: JsonObject) -> tuple[JsonObject, str]:
    if result.get("type") != "succeeded":
        why = answers.word(result.get("type")) or "no type"
        raise read_as.bad(f"$.result.type: the request did not succeed ({why}): {_FIX}")
    return read_as.an_object(result.get("message"), "$.result.message"), "$.result.message"


def _code(error: JsonValue) -> str:
    code = error.get("code") if isinstance(error, dict) else None
    return answers.word(code) or "no code"


FORMAT = Format(
    "batch.line",
    recognises,
    read,
    marks=("custom_id", "key"),
    programs="a line of the results of a batch at OpenAI, Mistral, vLLM, Anthropic, Gemini",
    confidence="as in the answer within it",
    example={
        "id": "batch_req_1",
        "custom_id": "case-17",
        "response": {
            "status_code": 200,
            "body": {
                "object": "chat.completion",
                "choices": [
                    {
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": "positive"},
                    }
                ],
            },
        },
        "error": None,
    },
)
