"""Forty sentences spoken on this machine, and what a recogniser of English makes of them."""

import re
import unicodedata
from collections.abc import Sequence

from pydantic import JsonValue

from sentuh.demo import voices
from sentuh.demo.kinds.terms import UNSURE, Material, Measured, an_output
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

TASK_TYPES = {"en": "transcript-en", "id": "transcript-id"}
MODEL = "pocketsphinx-en-us"


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return so many recordings, the languages in turn, with the recogniser's drafts."""
    return [_output(seed, at, one) for at, one in enumerate(voices.recordings(count))]


def _output(seed: int, at: int, recording: voices.Recording) -> ModelOutput:
    inline: JsonValue = {"type": "audio/ogg;codecs=opus", "data": recording.ogg}
    response: dict[str, JsonValue] = {
        "text": recording.draft or "...",
        "confidence": {"value": min(recording.sure, UNSURE)},
        "model": MODEL,
        "language": recording.language,
    }
    task_type = TASK_TYPES[recording.language]
    id_ = f"recording-{seed}-{at:02}"
    made = an_output(task_type, id_, response, media={"inline": inline})
    return made({"text": recording.sentence}, {"text": recording.draft})


def wrong_words(answer: Answer, truth: Answer) -> Measured:
    """Count the words to change, add or leave out, of those that were said (Levenshtein, 1966).

    Case and punctuation do not count.
    """
    said, written = _words(truth), _words(answer)
    return Measured(_edits(said, written), len(said))


def _words(answer: Answer) -> list[str]:
    text = answer.get("text") if isinstance(answer, dict) else None
    folded = unicodedata.normalize("NFC", str(text or "")).casefold()
    return re.findall(r"[\w']+", folded)


def _edits(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for at, word in enumerate(one, 1):
        diagonal, row[0] = row[0], at
        for place, against in enumerate(other, 1):
            changed = diagonal + (word != against)
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, changed)
    return row[-1]


MATERIAL = Material(outputs, wrong_words, "wrong words", lacking=voices.lacking)
