"""Tells the story of one output: its steps in order of time, and how it ended or stands."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from sentuh.history.collect import DeadLetter, History, PublishedEvent, collect
from sentuh.history.output_refs import Ref, is_request, ref_of
from sentuh.trace.ending import ending
from sentuh.trace.telling import Sentence, in_words, second_of, trace_of
from shared.contracts.envelope import derived_traceparent
from shared.contracts.events.assignments import EVENTS as ASSIGNMENT_EVENTS
from shared.contracts.events.assignments import AssignmentAccepted, AssignmentAnswered
from shared.contracts.events.earnings import EVENTS as EARNING_EVENTS
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import OutputComposed, SecondRequested, first_task_of
from shared.contracts.events.tasks import EVENTS as TASK_EVENTS
from shared.contracts.events.verdicts import EVENTS as VERDICT_EVENTS
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, TASKS, Names

State = Literal["verdict", "waived", "open", "refused", "waiting"]
KINDS: tuple[type[Event], ...] = (
    *TASK_EVENTS, *ASSIGNMENT_EVENTS, SecondRequested, *VERDICT_EVENTS, *EARNING_EVENTS,
)  # fmt: skip
"""In the order of the flow: of two steps at one moment the one of the earlier kind comes first."""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One thing that happened: when, who did it, what, why, and the position of its record.

    `event` is its type, or what else the record is: `output`, `request`, `copy`, `dead-letter`.
    """

    at: datetime
    who: str
    what: str
    why: str
    event: str
    id: str
    topic: str
    partition: int
    offset: int

    @property
    def place(self) -> str:
        """Topic, partition and offset of its record: tasks[3]@17."""
        return _place(self.topic, self.partition, self.offset)


@dataclass(frozen=True, slots=True)
class Story:
    """The story of one output; `ending` is one sentence, with what to do if it stands still.

    `head` are the facts that hold throughout, by name.
    """

    source: str
    id: str
    state: State
    ending: str
    head: dict[str, str]
    steps: tuple[StoryStep, ...]

    def as_json(self) -> str:
        """Return the whole story as one JSON document."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, default=_moment)


def tell(ref: Ref, records: Sequence[Record], names: Names) -> Story:
    """Tell the story of one output from these records; records of other outputs are left out.

    Example: tell(("/models/triage", "4711"), records, names).state is "verdict" once it ended.
    """
    history = collect(records, names, None)
    arrivals = *_arrivals(ref, records, history), *_composed(history)
    rows = [*arrivals, *_events(history), *_dead_letters(history)]
    rows.sort(key=lambda row: (row.when, row.rank, row.step.offset))
    state, sentence = ending(history)
    steps = tuple(row.step for row in rows)
    return Story(*ref, state=state, ending=sentence, head=_head(history), steps=steps)


class _Row(NamedTuple):
    """A step, when it stands in the story, and its rank among steps of one moment."""

    when: datetime
    rank: int
    step: StoryStep


def _arrivals(ref: Ref, records: Iterable[Record], history: History) -> Iterable[_Row]:
    """Yield a step for each record of the output: the first one, its copies, and refused ones."""
    mine = [one for one in records if history.names.row(one.topic).name == MODEL_OUTPUTS.name]
    mine.sort(key=lambda one: (one.timestamp_ms, one.offset))
    taken = 0
    for record in mine:
        spot = (MODEL_OUTPUTS.name, record.partition, record.offset)
        refused = spot in history.dead_letters_by_spot
        asked = is_request(record)
        taken += not refused and not asked
        if asked:
            words = Sentence("sent the request", "of a response with the same id")
        elif taken > 1 and not refused:
            words = Sentence("sent it again", "known by source and id: nothing follows from a copy")
        elif ref_of(record) is None:
            words = Sentence("sent the output", "without an id of its own: its place names it")
        else:
            words = Sentence("sent the output", "")
        kind = "copy" if taken > 1 and not refused else "output"
        kind = "request" if asked else kind
        at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
        step = StoryStep(at, "upstream", words.what, words.why, kind, ref[1], *spot)
        yield _Row(at, 0, step)


def _composed(history: History) -> Iterable[_Row]:
    """Yield a step for the output that qa made of the answers to another task."""
    for published in history.of(OutputComposed):
        words = in_words(published.event, history)
        at = datetime.fromtimestamp(published.timestamp_ms / 1000, UTC)
        step = StoryStep(
            at, "qa", words.what, words.why, "output", published.event.ref.id, *published.spot
        )
        yield _Row(at, 0, step)


def _events(history: History) -> Iterable[_Row]:
    accepted = {one.event.assignment_id: one.event.at for one in history.of(AssignmentAccepted)}
    for rank, kind in enumerate(KINDS, 1):
        for published in history.of(kind):
            step = _step(published, history)
            yield _Row(_stands_at(step, published.event, accepted), rank, step)


def _stands_at(step: StoryStep, event: Event, accepted: Mapping[str, datetime]) -> datetime:
    """Return when a step stands in the story: an answer never before it was accepted.

    When it was given the broker's clock says, and when it was accepted the router's.
    """
    if not isinstance(event, AssignmentAnswered):
        return step.at
    return max(step.at, accepted.get(event.assignment_id, step.at))


def _step(published: PublishedEvent[Event], history: History) -> StoryStep:
    event = published.event
    words = in_words(event, history)
    at = event.answered_at if isinstance(event, AssignmentAnswered) else event.at
    who = words.who or event.TOPIC.owner
    return StoryStep(at, who, words.what, words.why, event.TYPE, published.id, *published.spot)


def _dead_letters(history: History) -> Iterable[_Row]:
    for dead_letter in history.dead_letters:
        refusal = _refusal(dead_letter, history)
        yield _Row(refusal.at, len(KINDS) + 1, refusal)


def _refusal(dead_letter: DeadLetter, history: History) -> StoryStep:
    at = datetime.fromtimestamp(dead_letter.record.timestamp_ms / 1000, UTC)
    what = f"refused what stands at {_place(*dead_letter.spot)}: {dead_letter.reason}"
    row, named = (
        history.names.row(dead_letter.record.topic).name,
        dead_letter.record.header("dl_id") or "",
    )
    spot = (row, dead_letter.record.partition, dead_letter.record.offset)
    return StoryStep(at, dead_letter.service, what, dead_letter.detail, "dead-letter", named, *spot)


def _head(history: History) -> dict[str, str]:
    """Return the facts that hold throughout the story; none before intake has decided."""
    for task in history.tasks.values():
        policy = task.policy
        about = {"task type": f"{policy.task_type}, pool {task.pool}", "question": policy.question}
        names = _names(task.ref, task.task_id) | {TASKS.key: task.task_id}
        return about | names | _stages(task.task_id, history)
    for waived in history.waived.values():
        about = {"task type": f"{waived.task_type}, pool {waived.pool}"}
        return about | _names(waived.ref, waived.task_id)
    return {}


def _stages(task_id: str, history: History) -> dict[str, str]:
    """Return how to read the story of the task that decides this one, or which one this decides."""
    first, second = first_task_of(task_id), second_of(history)
    stages = {"decides": first and f"the task {first}", "second stage": second and trace_of(second)}
    return {name: text for name, text in stages.items() if text}


def _names(ref: OutputRef, task_id: str) -> dict[str, str]:
    trace = ref.traceparent or derived_traceparent(task_id)
    names = {"correlation id": ref.correlation_id, "trace": trace}
    return {name: text for name, text in names.items() if text}


def _place(topic: str, partition: int, offset: int) -> str:
    return f"{topic}[{partition}]@{offset}"


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
