"""Says in words why a model's confidence did not count, so that people were asked."""

from collections.abc import Mapping

from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence

_WORDS: Mapping[Doubt, str] = {
    "not_stated": "the output does not say how sure the model is",
    "unfinished": "the answer did not end by itself",
    "refusal": "the model refused to answer",
    "not_an_answer": "its text holds a tool call or thinking, so it may be no answer",
    "other_tokens": "its log probabilities are not those of the answer's own tokens",
    "placeholder": "where its confidence should be is a number that stands for \u201cnot set\u201d",
    "off_scale": "where its confidence should be is a number that is none",
    "zero_or_one": "its scores are nothing but 0 and 1, which do not say how sure the model is",
    "repeats": "its text goes round in a loop",
    "language": "the model was not sure which language it heard",
    "no_speech": "the transcript holds no words",
}


def in_words(confidence: Confidence) -> str:
    """Return why this confidence does not count, with the fact if it was recorded.

    Example: "the answer did not end by itself (finish_reason is abort)".
    """
    reason = confidence.reason
    if reason is None:
        reason = "placeholder" if confidence.status == "sentinel" else "not_stated"
    return f"{_WORDS[reason]} ({confidence.detail})" if confidence.detail else _WORDS[reason]
