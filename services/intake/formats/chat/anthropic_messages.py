"""The format `anthropic.messages`: a message of Anthropic's API or a compatible server.

The text is that of the blocks `text` of `content`, joined. There is no confidence in this format at
all, so people see every message; the reason says more where there is more to say: it did not end by
itself (`stop_reason`), the model refused, its text is a call or goes round in a loop, or a block is
of a type that is not read. Refused: a tool that the caller is to run, for the answer comes later
(BAD_OUTPUT); thinking alone or no text (EMPTY_PAYLOAD). Source: the types of the package anthropic,
`anthropic.types.Message`.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_ENDS = ("end_turn", "stop_sequence")
_THINKING = ("thinking", "redacted_thinking")
_READ = ("text", *_THINKING, "server_tool_use", "compaction")
_OUTCOME = "_tool_result"
"""Ends the types of what the server's own tools found, as `web_search_tool_result`."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a message: by its `type`, beside a list of blocks."""
    if not isinstance(payload, dict):
        return False
    return payload.get("type") == "message" and isinstance(payload.get("content"), list)


def read(envelope: Envelope) -> Output:
    """Return the joined text of the message; it has no confidence.

    Raises Refused for a tool that the caller is to run, thinking alone, and a message without text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    blocks = read_as.a_list(payload.get("content"), "$.content")
    kinds = [block.get("type") if isinstance(block, dict) else None for block in blocks]
    if "tool_use" in kinds or payload.get("stop_reason") == "tool_use":
        raise read_as.bad("a tool call is no answer: send the message that follows it")
    text = _text(blocks)
    if not text.strip() and any(kind in _THINKING for kind in kinds):
        reason = answers.word(payload.get("stop_reason"))
        raise answers.only_thought("$.content", reason, ended=reason in _ENDS)
    said = Said(read_as.a_text(text, "$.content"), _doubt(payload, kinds, text))
    facts = answers.facts_of([said], "$.content", model=payload.get("model"))
    return read_as.output("anthropic.messages", envelope, facts)


def _text(blocks: list[JsonValue]) -> str:
    """Return the texts, those that a tool of the server stands between a blank line apart."""
    said = [""]
    for block in blocks:
        text = answers.joined([block], ("text",))
        if text:
            said[-1] += text
        elif said[-1]:
            said.append("")
    return "\n\n".join(filter(None, said))


def _doubt(payload: JsonObject, kinds: list[JsonValue], text: str) -> Confidence:
    reason = payload.get("stop_reason")
    if reason == "refusal":
        return read_as.absent("refusal", "$.stop_reason")
    if reason not in _ENDS:
        return answers.unfinished("stop_reason", reason, "$.stop_reason")
    for at, kind in enumerate(kinds):
        if not _is_read(kind):
            return read_as.absent("not_an_answer", f"$.content[{at}]")
    return answers.doubt_of(text, "$.content") or read_as.ABSENT


def _is_read(kind: JsonValue) -> bool:
    if not isinstance(kind, str):
        return False
    return kind in _READ or kind.endswith(_OUTCOME)


FORMAT = Format(
    "anthropic.messages",
    recognises,
    read,
    marks=("content",),
    programs="Anthropic Messages, also of llama.cpp, vLLM and gateways that speak it",
    confidence="none: the API has no log probabilities",
    example={
        "type": "message",
        "role": "assistant",
        "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "Paris"}],
    },
)
