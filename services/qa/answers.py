r"""Says how an answer stands in qa's state until its verdict, and where a large one is kept.

In the task's hash an answer is its standing, a blank and its text as `question.kept` writes it. An
answer whose text is JSON may have a mark before that: `d` or `b` where the task has a draft, from
which the worker began or not. JSON of some length is deflated, behind a `z`. Where it is large its
digest stands in its place, behind a `#`, and the JSON, deflated, in a hash of the task and the
worker. JSON begins with none of these.
Example: `2 cat`, and `2 \x1fd#9f86d08...` for a long text that was made from a draft.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.qa import keys
from services.qa.state import AnswerStanding, KeptAnswer, KeptDraft, KeptWitness
from services.qa.witness.kept import witness_of
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer, answer_kept, digest_of, kept

LARGE_BYTES_MIN = 1025
"""An answer of more than 1 KiB is loaded only once all answers of its task are in.
One that is text alone stays with its task, however long: labels are. A kind of question whose
answers are long texts gives them as an object.
"""
DEFLATED_BYTES_MIN = 100
"""JSON of so many bytes is deflated: of fewer it would take as much room."""
LARGE = "#"
"""Stands in the task's field of every large answer, and in those of some others."""
_DEFLATED = "z"
_JSON = "\x1f"
_MARKS: Mapping[bool | None, str] = {True: "d", False: "b", None: ""}
_DRAFTED: Mapping[str, bool] = {"d": True, "b": False}
_WINDOW_BITS = -15


Apart = Callable[[str], Mapping[str, str]]
"""Finds the large answers that a worker gave to a task, by assignment."""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """An answer as it is kept: the task's field and its value, and a large answer's own fields."""

    name: str
    value: str
    apart: Mapping[str, str]


def is_large(answer: Answer) -> bool:
    """Return whether an answer has a key of its own."""
    return not isinstance(answer, str) and len(kept(answer).encode()) >= LARGE_BYTES_MIN


def entry_of(event: AssignmentAnswered) -> AnswerEntry:
    """Return how a worker's answer is kept."""
    standing = AnswerStanding.LATE if event.late else AnswerStanding.ON_TIME
    name = keys.answer(event.worker_id, event.assignment_id)
    if event.drafted is None and isinstance(event.answer, str):
        return AnswerEntry(name, f"{standing} {kept(event.answer)}", {})
    mark = _MARKS[event.drafted]
    return _entry(name, event.answer, begins=f"{standing} {_JSON}{mark}", apart=event.assignment_id)


def entry_of_draft(event: TaskCreated) -> AnswerEntry | None:
    """Return how a task's draft is kept: as the answer of its author, who never counts."""
    if event.asked is None or event.asked.draft is None:
        return None
    author = author_of(event)
    name = keys.answer(author, author)
    begins = f"{AnswerStanding.DRAFT} {_JSON}"
    return _entry(name, event.asked.draft, begins=begins, apart=author)


def author_of(event: TaskCreated) -> str:
    """Return under which id the model's counters are kept; it is the id of no worker.

    Example: version 3 of `reader` is `*reader@3`.
    """
    return f"*{event.output.model or ''}@{event.output.model_version or ''}"


def answer_of(name: str, value: str, apart: Apart) -> KeptAnswer | KeptDraft | KeptWitness:
    """Return the answer of a task's field, or the model's own; `value` has two words or more.

    `apart(worker_id)` are the fields of a worker's large answers to the task. An answer that is not
    among them, though it should be, has its digest alone.
    """
    number, _, text = value.partition(" ")
    worker_id, assignment_id = keys.answered(name)
    digest, drafted = None, None
    if text[:1] == _JSON:
        drafted = _DRAFTED.get(text[1:2])
        text = _JSON + text[1 if drafted is None else 2 :]
        if text[1:2] == LARGE:
            digest, text = text[2:], apart(worker_id).get(assignment_id, "")
            text = _inflated(text) if text else f"{_JSON}null"
        elif text[1:2] == _DEFLATED:
            text = _JSON + _inflated(text[2:])
    answer = answer_kept(text)
    if int(number) == AnswerStanding.DRAFT and assignment_id == keys.WITNESS:
        return witness_of(answer)
    if int(number) == AnswerStanding.DRAFT:
        return KeptDraft(worker_id, answer)
    late = int(number) == AnswerStanding.LATE
    return KeptAnswer(assignment_id, worker_id, answer, late, drafted, digest)


def _entry(name: str, answer: Answer, *, begins: str, apart: str) -> AnswerEntry:
    # Text is JSON here too, or a mark would be read as its beginning.
    text = json.dumps(answer) if isinstance(answer, str) else kept(answer).removeprefix(_JSON)
    if not is_large(answer):
        is_short = len(text.encode()) < DEFLATED_BYTES_MIN
        value = begins + (text if is_short else _DEFLATED + _deflated(text))
        return AnswerEntry(name, value, {})
    return AnswerEntry(
        name, f"{begins}{LARGE}{digest_of(answer)}", {apart: _deflated(_JSON + text)}
    )


def _deflated(text: str) -> str:
    deflate = zlib.compressobj(wbits=_WINDOW_BITS)
    return (deflate.compress(text.encode()) + deflate.flush()).decode(errors="surrogateescape")


def _inflated(text: str) -> str:
    return zlib.decompress(text.encode(errors="surrogateescape"), wbits=_WINDOW_BITS).decode()
