"""Twenty small outputs of our own making in each format but the digits', with the right answers.

The models here do not exist; what they "said" and how sure they were of it is written down below,
right and wrong, sure and unsure, with the odd things real ones do: no confidence at all, a number
that stands for "not set", an answer cut short.
"""

import math
import re
from collections.abc import Iterator

from pydantic import JsonValue

from sentuh.demo.material import ModelOutput
from sentuh.demo.sample_texts import CHATS, CLAIMS, MOODS, TRANSCRIPTS

UNSET_LOGPROB = -9999.0
RECORDINGS = "https://recordings.example.com"

Envelope = dict[str, JsonValue]


def outputs(seed: int, each: int) -> list[ModelOutput]:
    """Return the first `each` of every format, in turn: mood, chat, transcript, claim, mood, ..."""
    rows = zip(_moods(seed), _chats(seed), _transcripts(seed), _claims(seed), strict=True)
    return [output for row in list(rows)[:each] for output in row]


def available() -> int:
    """Count the outputs of each format."""
    return len(MOODS)


def _moods(seed: int) -> Iterator[ModelOutput]:
    for at, (text, truth, label, score) in enumerate(MOODS):
        labels: list[JsonValue] = [
            {"label": label.upper(), "score": score},
            {"label": _other(label).upper(), "score": round(1 - score, 4)},
        ]
        envelope: Envelope = {
            "response": labels,
            "request": {"inputs": text},
            "model": "mood-small",
            "language": "en",
        }
        yield ModelOutput(
            source="/models/text/mood",
            id=f"mood-{seed}-{at:02}",
            format="hf.text-classification",
            task_type="sentiment",
            correlation_id=f"review-{seed}-{at:02}",
            envelope=envelope,
            truth=truth,
            model_answer=label,
        )


def _chats(seed: int) -> Iterator[ModelOutput]:
    for at, (question, answer, truth, sure) in enumerate(CHATS):
        name = f"chatcmpl-{seed}-{at:02}"
        response: JsonValue = {
            "id": name,
            "object": "chat.completion",
            "model": "assistant-tiny",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "length" if answer.endswith("...") else "stop",
                    "message": {"role": "assistant", "content": answer},
                    "logprobs": _logprobs(answer, sure),
                }
            ],
        }
        yield ModelOutput(
            source="/models/assistant",
            id=f"chat-{seed}-{at:02}",
            format="openai.chat",
            task_type="chat-check",
            correlation_id=name,
            envelope={
                "response": response,
                "request": {"messages": [{"role": "user", "content": question}]},
            },
            truth=truth,
            model_answer="good",
        )


def _logprobs(answer: str, sure: float | None) -> JsonValue:
    """Return log probabilities of the answer's tokens, each ln(sure); None if `sure` is None.

    `sure=0` imitates a server that knows no log probabilities and sends -9999 in their place.
    Example: _logprobs("a b", 0.5) gives -0.6931 for each of two tokens.
    """
    if sure is None:
        return None
    each = UNSET_LOGPROB if sure == 0 else round(math.log(sure), 4)
    tokens = re.findall(r"\s*\S+", answer)
    return {"content": [{"token": token, "logprob": each} for token in tokens]}


def _transcripts(seed: int) -> Iterator[ModelOutput]:
    for at, (heard, written, sure) in enumerate(TRANSCRIPTS):
        seconds = round(0.4 * len(heard.split()), 1)
        segment: JsonValue = {
            "id": 0,
            "start": 0.0,
            "end": seconds,
            "text": written,
            "temperature": 0.0,
            "avg_logprob": round(math.log(sure), 4) if sure else 0.0,
            "compression_ratio": 1.1,
            "no_speech_prob": 0.02,
        }
        envelope: Envelope = {
            "response": {
                "task": "transcribe",
                "language": "en",
                "duration": seconds,
                "text": written,
                "segments": [segment],
            },
            "media": {"ref": f"{RECORDINGS}/{seed}/{at:02}.wav", "type": "audio/wav"},
            "model": "whisper-tiny",
        }
        yield ModelOutput(
            source="/models/speech/whisper",
            id=f"call-{seed}-{at:02}",
            format="whisper.verbose_json",
            task_type="transcript-check",
            correlation_id=f"call-{seed}-{at:02}",
            envelope=envelope,
            truth="good" if heard == written else "bad",
            model_answer="good",
        )


def _claims(seed: int) -> Iterator[ModelOutput]:
    for at, (question, answer, truth, sure) in enumerate(CLAIMS):
        response: Envelope = {"text": f"{question} {answer}.", "answer": answer, "model": "facts"}
        if sure is not None:
            response["confidence"] = _stated(at, sure)
        yield ModelOutput(
            source="/models/facts",
            id=f"fact-{seed}-{at:02}",
            format="sentuh.output",
            task_type="canonical",
            correlation_id=f"quiz-{seed}-{at:02}",
            envelope={"response": response, "request": question},
            truth=truth,
            model_answer="right",
        )


def _stated(at: int, sure: float) -> JsonValue:
    """Return a confidence on one of the three scales in turn."""
    scales: tuple[tuple[str, float], ...] = (
        ("probability", sure),
        ("percent", round(sure * 100, 2)),
        ("logprob", round(math.log(sure), 6)),
    )
    scale, value = scales[at % len(scales)]
    return {"scale": scale, "value": value}


def _other(mood: str) -> str:
    return "negative" if mood == "positive" else "positive"
