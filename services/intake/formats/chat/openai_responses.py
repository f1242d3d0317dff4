"""The format `openai.responses`: a response of OpenAI's Responses API or a compatible server.

The text stands in the parts `output_text` of the items `message` of `output`; a message in the
phase `commentary` is no answer. Confidence is exp of the mean of the parts' own `logprobs`, which
are there only if the caller asked for them. It is absent where the response or its message is not
`completed`, `incomplete_details` or a filter stand beside it, the model refused, several messages
could each be the answer, or an item or a part is of a kind that is not read. Refused: a call that
the caller is to make, for the answer comes later (BAD_OUTPUT); a response that failed or runs in
the background still (BAD_OUTPUT); no text (EMPTY_PAYLOAD). Source: the types of the package openai,
`openai.types.responses`.
"""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_CALLS = frozenset({
    "function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call",
    "apply_patch_call", "mcp_approval_request",
})  # fmt: skip
"""Items that ask the caller to do something first."""
_BESIDE = frozenset({
    "message", "reasoning", "compaction", "web_search_call", "file_search_call",
    "code_interpreter_call", "mcp_call", "mcp_list_tools", "function_call_output",
})  # fmt: skip
"""Items that may stand beside the answer: what the server did on its own to find it."""
_PARTS = frozenset({"output_text", "refusal", "reasoning_text"})
_RUNNING = ("queued", "in_progress")
_NOT_WHOLE: Mapping[str, Callable[[JsonValue], bool]] = {
    "incomplete_details": bool,
    "content_filters": lambda filters: answers.says(filters, "blocked", "filtered"),
}
"""What says that something is missing of a response whatever its status: the second is Azure's."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a response: by its `object`, beside its list `output`."""
    if not isinstance(payload, dict):
        return False
    return payload.get("object") == "response" and isinstance(payload.get("output"), list)


def read(envelope: Envelope) -> Output:
    """Return the text of the message that is the answer, and the confidence of its own tokens.

    Raises Refused for a call, a response that failed or still runs, and one without any text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    items = {
        f"$.output[{at}]": read_as.an_object(item, f"$.output[{at}]")
        for at, item in enumerate(read_as.a_list(payload.get("output"), "$.output"))
    }
    _check_whole(payload, items)
    final = _final(items)
    texts = [_text(message, where) for where, message in final.items()]
    text = "\n\n".join(filter(None, texts))
    if not text.strip():
        raise _nothing_said(payload, items)
    said = Said(text, _beside(payload, items, final) or _confidence(text, final))
    facts = answers.facts_of([said], "$.output", model=payload.get("model"))
    return read_as.output("openai.responses", envelope, facts)


def _check_whole(payload: JsonObject, items: dict[str, JsonObject]) -> None:
    if payload.get("status") in _RUNNING:
        raise read_as.bad("$.status: it is not finished: send the response when it is completed")
    if payload.get("status") == "failed":
        raise read_as.bad("$.status: the response failed: send one that was completed")
    if any(_kind(item) in _CALLS for item in items.values()):
        raise read_as.bad("a tool call is no answer: send the response that follows it")


def _final(items: dict[str, JsonObject]) -> dict[str, JsonObject]:
    """Return the messages that may be the answer by their paths: those called final, if any are."""
    messages = {path: item for path, item in items.items() if item.get("type") == "message"}
    final = {path: one for path, one in messages.items() if one.get("phase") == "final_answer"}
    if final:
        return final
    return {path: one for path, one in messages.items() if one.get("phase") != "commentary"}


def _kind(item: JsonObject) -> str:
    """Return an item's or a part's type, "unknown" if it is no word that can be shown."""
    return answers.word(item.get("type")) or "unknown"


def _text(message: JsonObject, where: str) -> str:
    parts = read_as.a_list(message.get("content"), f"{where}.content")
    text = answers.joined(parts, ("output_text",))
    return text if text.strip() else _refusal(parts)


def _refusal(parts: list[JsonValue]) -> str:
    said = (part.get("refusal") for part in parts if isinstance(part, dict))
    return "".join(text for text in said if isinstance(text, str)).strip()


def _nothing_said(payload: JsonObject, items: dict[str, JsonObject]) -> Refused:
    kinds = {_kind(item) for item in items.values()}
    if kinds == {"reasoning"}:
        fix = "raise max_output_tokens and send the response that then has a message"
        return Refused(Reason.EMPTY_PAYLOAD, f"$.output: the model only thought: {fix}")
    status = answers.word(payload.get("status")) or "missing"
    fix = "send a response with a message that has text"
    return Refused(Reason.EMPTY_PAYLOAD, f"$.output: there is no text (status {status}): {fix}")


def _beside(
    payload: JsonObject, items: dict[str, JsonObject], final: dict[str, JsonObject]
) -> Confidence | None:
    """Return why the text may not stand unseen, by what stands beside it; None if it may."""
    if payload.get("error"):
        return read_as.absent("unfinished", "$.error")
    if payload.get("status") != "completed":
        return answers.unfinished("status", payload.get("status"), "$.status")
    for name, is_off in _NOT_WHOLE.items():
        if is_off(payload.get(name)):
            return read_as.absent("unfinished", f"$.{name}")
    if len(final) > 1:
        return read_as.absent("not_an_answer", "$.output", "several messages may be the answer")
    for path, item in items.items():
        if _kind(item) not in _BESIDE:
            return read_as.absent("not_an_answer", path, f"type is {_kind(item)}")
    return next(filter(None, (_of_message(message, path) for path, message in final.items())), None)


def _of_message(message: JsonObject, where: str) -> Confidence | None:
    if message.get("status", "completed") != "completed":
        return answers.unfinished("status", message.get("status"), f"{where}.status")
    another = answers.another_role(message, where)
    if another is not None:
        return another
    for at, part in enumerate(read_as.a_list(message.get("content"), f"{where}.content")):
        kind = _kind(part) if isinstance(part, dict) else None
        if kind == "refusal":
            return read_as.absent("refusal", f"{where}.content[{at}].refusal")
        if kind not in _PARTS:
            return read_as.absent("not_an_answer", f"{where}.content[{at}]")
    return None


def _confidence(text: str, final: dict[str, JsonObject]) -> Confidence:
    [(where, message)] = final.items()
    doubt = answers.doubt_of(text, f"{where}.content")
    if doubt is not None:
        return doubt
    path = f"{where}.content[*].logprobs"
    tokens: list[JsonObject] = []
    for part in read_as.a_list(message.get("content"), f"{where}.content"):
        listed = part.get("logprobs") if isinstance(part, dict) else None
        tokens += [read_as.an_object(one, path) for one in read_as.a_list(listed or [], path)]
    if not tokens:
        return read_as.ABSENT
    return answers.of_tokens(answer_tokens.of_answer(tokens, text, where=path), path)


FORMAT = Format(
    "openai.responses",
    recognises,
    read,
    marks=("output",),
    programs="OpenAI Responses, also of vLLM and llama.cpp",
    confidence="`exp(mean logprob)` of the text's own `logprobs`",
    example={
        "object": "response",
        "status": "completed",
        "output": [
            {
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [
                    {
                        "type": "output_text",
                        "text": "Paris",
                        "annotations": [],
                        "logprobs": [{"token": "Paris", "logprob": -0.02}],
                    }
                ],
            }
        ],
    },
)
