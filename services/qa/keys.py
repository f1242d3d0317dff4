"""Names of qa's Redis keys; all keys of one pool share a hash tag, so one script can use them."""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.partitions import partition_of
from shared.state.escaping import escaped, unescaped

REF = {name: f"ref.{name}" for name in OutputRef.model_fields}
"""Fields of a task's hash for the reference to its output, by the part's name: `ref.id`, ..."""
ASKS = "options"
"""Field of a task's hash: its question as JSON, for a choice the list of its options."""
ANSWER = "given:"
"""Start of the field, in a task's hash, for one answer: `given:<worker>:<assignment>`."""
SHOWN = "shown:output"
"""Field of the hash of a task with a second stage: what its output shows beside the answers.

With a colon in its name it counts as an entry, so it is loaded only together with the answers.
"""
GOLD = "gold"
"""Field of a task's hash: which gold it is and the truth, as `kept_gold.py` says."""
PROMISED = "promised"
"""Field of a task's hash: what a gate with a promise said of its output, as JSON."""
WITNESS = "~"
"""Stands in place of an assignment in the name of the field for the model's own answer."""
LESSONS = ("w0", "w1")
"""Fields of what models in one bucket have shown: their newest lessons (`witness/lessons.py`)."""
RATED = "rated"
"""Field of a worker's counters: the rating of theirs that was announced last."""
GOLDED = "g"
"""Field of a worker's counters: when a gold was placed with them last, in ms."""
HAS_GOLDS = "golds"
"""Field of the counters of all workers: there once a gold of the task type was listed."""
NEWEST = ("n0", "n1", "n2", "n3")
"""Fields of a worker's counters: their newest lessons. Short, as there are as many as workers."""


def slot(pool: str) -> str:
    """Return the Redis hash tag in braces that all keys of a pool share: `{qa:main}`."""
    return f"{{qa:{pool}}}"


def pool_of(slot_name: str) -> str:
    """Return the name of the pool whose hash tag this is: `main` for `{qa:main}`."""
    return slot_name.removeprefix("{qa:").removesuffix("}")


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's pool; all keys that the event can change bear it."""
    return slot(event.pool)


@lru_cache(maxsize=1024)
def task(pool: str, task_id: str) -> str:
    """Hash of one task (or output nobody was asked about), with the revision that commits compare.

    Until the verdict: `options` (ASKS), `min`, `max`, `confidence`, `task_type` and `created_at` in
    ms, of its policy; `ref.<name>` of its output; `wanted` (answers asked for); `closed` (JSON list
    of the assignments whose answers the closing names). From the verdict on: `verdict` (why asking
    stopped). Of a task with a second stage also `then` (its task type and seconds), SHOWN, and
    `second` (see `state.SecondStage`) once it waits for it; of a second task its deadline,
    `until`; of a gold, GOLD; behind a gate with a promise, PROMISED.
    For each answer `given:<worker>:<assignment>`: the number of its state.AnswerStanding and, until
    the verdict, a blank and the answer as `answers.py` says; so for a draft, of its author, and for
    the model's own answer as a witness, of its bucket (`witness/kept.py`). Expires 64 days after
    its verdict, or after the last event about it. Most values are under 64 bytes: Redis then stores
    a hash in half the memory.
    Example: `given:w-7:a-3` = `2 cat`.
    """
    return f"{slot(pool)}:task:{escaped(task_id)}"


def large_answers(pool: str, task_id: str, worker_id: str) -> str:
    """Hash of the answers above 1 KiB that a worker gave to a task, until its verdict.

    By assignment: the answer's JSON as `question.kept` writes it, deflated. Expires 64 days after
    the answer.
    """
    return f"{large_answers_to(pool, task_id)}{escaped(worker_id)}"


def large_answers_to(pool: str, task_id: str) -> str:
    """Return the start of the keys of a task's large answers; append a worker's id, escaped."""
    return f"{slot(pool)}:large:{escaped(task_id)}:"


def reliability(pool: str, task_type: str, worker_id: str) -> str:
    """Hash of a worker's counters on a task type: how often others agreed; never expires.

    Beside these RATED: the number of the rating announced last (`ratings.standing_order`), a blank
    and its lower bound in ten-thousandths. NEWEST hold the 32 newest lessons, the newest first, of
    seven letters each as `rating/newest.py` packs them, eight in a field.
    Of a bucket of models it holds LESSONS alone, and expires 64 days after the newest of them.
    `flagged:<sign>` is 1 once this sign of the worker was proposed to the operator.
    So for a model whose drafts people see or are compared with, as `*<model>@<version>`; its
    counters expire 64 days after the last verdict that taught it.
    """
    return f"{reliabilities(pool, task_type)}{escaped(worker_id)}"


def reliabilities(pool: str, task_type: str) -> str:
    """Return the start of the keys of all workers' counters on a task type.

    Append a worker's id, escaped.
    """
    return f"{slot(pool)}:reliability:{task_type}:"


def population(pool: str, task_type: str) -> str:
    """Hash of a task type's counters, of all workers and of all verdicts; never expires.

    Of all workers `answers`, `agreed_milli` and, of a question with options, `likely_milli:<label>`
    (how probable each was). Of verdicts on choices what `choice/learning.py` and `choice/golds.py`
    add up: weights of answers (`weighed:<bin>`), splits between people (`judged`, `split_milli`,
    and that for each pair), `judged_golds`, each rule's score (`rule:...`), and how often what was
    stated was right (`checked...:<bin>`). `confused:<pair>` is there once that pair was named, and
    HAS_GOLDS once the type has any.
    """
    return f"{slot(pool)}:population:{task_type}"


def golds(pool: str, task_type: str) -> str:
    """Hash of a task type's golds, to choose one from; never expires, as the topic never does.

    For each gold: `listed:<gold>`, the order of its record, its revision, 1 if the operator has it
    suspended, how often it is placed at most, and how many are asked together; the order alone once
    it was taken back. `placed:<gold>`: how often it was. `stopped:<gold>`: the revision that qa has
    suspended. Example: `listed:g-1` = `4711 2 0 20 3`.
    """
    return f"{slot(pool)}:golds:{task_type}"


def gold(pool: str, task_type: str, gold_id: str) -> str:
    """Hash of one gold, with the revision that commits compare; never expires.

    `listed`: the order of its record, a blank and what the operator said, as JSON; the order alone
    once it was taken back. `placed`: how often it was. For whoever had it `had:<worker>`, the
    number of that placing. `against:<truth>` and `agreed:<truth>`, by a hash of what was taken for
    right: how many trusted people contradicted it, and how many did not. `stopped`: the revision
    that qa has suspended, and these two numbers as they were.
    """
    return f"{slot(pool)}:gold:{task_type}:{escaped(gold_id)}"


def golds_due_of(slot_name: str, partition: int) -> str:
    """Sorted set: who is to be asked a gold of the task types of one partition, by the ms of it.

    `slot_name` is the pool's hash tag. Beside them golds that are to be looked at, since answers to
    them came. It is an index: what is lost with Redis is not asked.
    """
    return f"{slot_name}:golds:due:{partition}"


def golds_due(pool: str, task_type: str) -> str:
    """Return the sorted set in which the workers of this task type stand."""
    return golds_due_of(slot(pool), partition_of(task_type))


def answer(worker_id: str, assignment_id: str) -> str:
    """Return the name of the field, in a task's hash, for this worker's answer."""
    return f"{ANSWER}{escaped(worker_id)}:{escaped(assignment_id)}"


def answered(field: str) -> tuple[str, str]:
    """Return the worker and the assignment for whose answer `answer` made this field name."""
    worker, _, assignment = field.removeprefix(ANSWER).partition(":")
    return unescaped(worker), unescaped(assignment)


def deadlines_of(slot_name: str, partition: int) -> str:
    """Sorted set: second stages of one partition's first tasks, by the ms at which to look again.

    `slot_name` is the pool's hash tag. Each stands under `waiting`, until the first task's verdict.
    """
    return f"{slot_name}:deadlines:{partition}"


def deadlines(pool: str, task_id: str) -> str:
    """Return the sorted set in which the second stage of this first task stands."""
    return deadlines_of(slot(pool), partition_of(task_id))


def waiting(second_task_id: str, second_type: str) -> str:
    """Return the name of a second stage in `deadlines_of`: its task and its task type."""
    return f"{second_type} {escaped(second_task_id)}"


def awaited(member: str) -> tuple[str, str]:
    """Return the second task and its task type, of which `waiting` made this name."""
    second_type, _, second_task_id = member.partition(" ")
    return unescaped(second_task_id), second_type
