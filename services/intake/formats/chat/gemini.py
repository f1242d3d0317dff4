"""The format `gemini`: what Gemini's `generateContent` answers, at Google AI or Vertex AI.

The names of fields are those of the API (`finishReason`) or those of the Python package
(`finish_reason`). The text is that of `candidates[0].content.parts` without the parts that are
thoughts; several candidates are candidates of a preference. Confidence is exp of the mean of the
chosen tokens in `logprobsResult`, or else of `avgLogprobs`, a mean per token; where the model
thought first, that mean may hold the thinking's tokens, and counts for nothing, as does one of
exactly 0. It is absent, too, where the answer did not end with `STOP`, more than text came, or the
prompt or a part of the answer was blocked (`blockReason`, `blocked`).
Refused: a prompt that was blocked, and a call of a function (BAD_OUTPUT); no text (EMPTY_PAYLOAD).
Source: https://ai.google.dev/api/generate-content and `google.genai.types`.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_OF_A_CANDIDATE = ("content", "finishReason", "finish_reason")
_CALLS = ("functionCall", "function_call")
_READ = frozenset({
    "text", "thought", "thoughtSignature", "thought_signature", "executableCode",
    "executable_code", "codeExecutionResult", "code_execution_result", "partMetadata",
    "part_metadata", "videoMetadata", "video_metadata", "mediaResolution", "media_resolution",
})  # fmt: skip
"""Fields of a part that are text, or stand beside it; of another the text is not all there is."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is Gemini's: candidates with a content or an end, or a blocked prompt."""
    if not isinstance(payload, dict):
        return False
    listed = payload.get("candidates")
    if not listed:
        return isinstance(_either(payload, "promptFeedback", "prompt_feedback"), dict)
    return isinstance(listed, list) and all(
        isinstance(one, dict) and not one.keys().isdisjoint(_OF_A_CANDIDATE) for one in listed
    )


def read(envelope: Envelope) -> Output:
    """Return the text of the candidate, and how sure the model was of its tokens.

    Several candidates are to be compared. Raises Refused for a blocked prompt, a call of a function
    and a candidate without text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    listed = read_as.a_list(payload.get("candidates") or [], "$.candidates")
    if not listed:
        raise _blocked(payload)
    thought, blocked = bool(_thoughts(payload)), _doubt_of_prompt(payload)
    some = [
        _said(read_as.an_object(one, where), where, thought=thought, blocked=blocked)
        for at, one in enumerate(listed)
        if (where := f"$.candidates[{at}]")
    ]
    model = _either(payload, "modelVersion", "model_version")
    facts = answers.facts_of(some, "$.candidates", model=model)
    return read_as.output("gemini", envelope, facts)


def _either(fields: JsonObject, name: str, in_python: str) -> JsonValue:
    """Return a field by its name in the API, or else by the Python package's."""
    value = fields.get(name)
    return fields.get(in_python) if value is None else value


def _feedback(payload: JsonObject) -> JsonObject:
    feedback = _either(payload, "promptFeedback", "prompt_feedback")
    return feedback if isinstance(feedback, dict) else {}


def _doubt_of_prompt(payload: JsonObject) -> Confidence | None:
    """Return the doubt of candidates that come although their prompt was blocked, or None."""
    feedback = _feedback(payload)
    if not _either(feedback, "blockReason", "block_reason") and not _rated_off(feedback):
        return None
    return read_as.absent("unfinished", "$.promptFeedback", "the prompt was blocked")


def _rated_off(fields: JsonObject) -> bool:
    """Whether one of the safety ratings blocked something."""
    ratings = _either(fields, "safetyRatings", "safety_ratings")
    return answers.says(ratings, "blocked")


def _blocked(payload: JsonObject) -> Refused:
    why = _either(_feedback(payload), "blockReason", "block_reason")
    reason = f"the prompt was blocked ({answers.word(why)})" if why else "the server gave no answer"
    return read_as.bad(f"$.candidates: there is none, {reason}: send a response with an answer")


def _thoughts(payload: JsonObject) -> JsonValue:
    usage = _either(payload, "usageMetadata", "usage_metadata")
    if not isinstance(usage, dict):
        return None
    return _either(usage, "thoughtsTokenCount", "thoughts_token_count")


def _said(candidate: JsonObject, where: str, *, thought: bool, blocked: Confidence | None) -> Said:
    content = read_as.an_object(candidate.get("content") or {}, f"{where}.content")
    path = f"{where}.content.parts"
    parts = [
        read_as.an_object(part, path) for part in read_as.a_list(content.get("parts") or [], path)
    ]
    if any(part.get(name) for part in parts for name in _CALLS):
        raise read_as.bad(answers.TOOL_CALL)
    said = [part for part in parts if not part.get("thought")]
    text = "".join(str(part.get("text") or "") for part in said)
    reason = _either(candidate, "finishReason", "finish_reason")
    if not text.strip():
        why = f"there is no text (finishReason {answers.word(reason) or 'missing'})"
        fix = "send a response with an answer"
        raise Refused(Reason.EMPTY_PAYLOAD, f"{path}: {why}: {fix}")
    if reason != "STOP":
        return Said(text, answers.unfinished("finishReason", reason, f"{where}.finishReason"))
    if _rated_off(candidate):
        blocked = read_as.absent("unfinished", f"{where}.safetyRatings", "something was blocked")
    if any(part[name] is not None for part in said for name in part.keys() - _READ):
        return Said(text, read_as.absent("not_an_answer", path))
    doubt = answers.another_role(content, f"{where}.content") or answers.doubt_of(text, path)
    doubt = blocked or doubt
    thought = thought or len(said) < len(parts)
    return Said(text, doubt or _confidence(candidate, text, where, thought=thought))


def _confidence(candidate: JsonObject, text: str, where: str, *, thought: bool) -> Confidence:
    result = _either(candidate, "logprobsResult", "logprobs_result")
    chosen = (
        _either(result, "chosenCandidates", "chosen_candidates")
        if isinstance(result, dict)
        else None
    )
    if chosen:
        path = f"{where}.logprobsResult.chosenCandidates"
        tokens = [_token(one, path) for one in read_as.a_list(chosen, path)]
        own = answer_tokens.of_answer(tokens, text, where=path)
        return answers.of_tokens(own, path, numbers=f"{path}[*].logProbability")
    path = f"{where}.avgLogprobs"
    average = _either(candidate, "avgLogprobs", "avg_logprobs")
    if average is None:
        return read_as.ABSENT
    mean = read_as.a_number(average, path)
    odd = read_as.odd_logprob([mean], path)
    if odd is not None:
        return odd
    if mean == 0:
        return read_as.sentinel("placeholder", "logprob", path=path, detail="it is exactly 0")
    if thought:
        return read_as.absent("other_tokens", path, "it may hold the tokens of thinking")
    return read_as.from_logprob(mean, path)


def _token(chosen: JsonValue, path: str) -> JsonObject:
    one = read_as.an_object(chosen, path)
    return {
        "token": one.get("token"),
        "logprob": _either(one, "logProbability", "log_probability"),
    }


FORMAT = Format(
    "gemini",
    recognises,
    read,
    marks=("candidates", "promptFeedback", "prompt_feedback"),
    programs="Gemini's generateContent, at Google AI and Vertex AI",
    confidence="`exp` of the tokens' mean in `logprobsResult`, or of `avgLogprobs`",
    example={
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "Paris"}]},
                "finishReason": "STOP",
                "avgLogprobs": -0.02,
            }
        ],
        "modelVersion": "gemini-2.5-flash",
    },
)
