"""Asks for a second stage: which answers are ranked, and the output that shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services.qa import keys
from services.qa.second_stage.versions import Version, versions
from services.qa.state import Cause, Shown, TaskUnderReview
from shared.contracts.envelope import json_of
from shared.contracts.events.parts import Confidence, Output, OutputRef
from shared.contracts.events.second_stage import (
    QA_SOURCE,
    UNTIMED,
    OutputComposed,
    SecondRequested,
    output_id,
    second_task_id,
)
from shared.contracts.topics import MODEL_OUTPUTS_QA
from shared.pattern.clock import to_ms
from shared.state.changes import Write, score

CANDIDATES_MAX = 8
CANDIDATES_BYTES_MAX = 128 * 1024
"""Of all candidates together, as JSON."""
ENVELOPE_BYTES = 16 * 1024
"""Room in the record for what is neither a candidate nor shown beside them."""
LOOK_AFTER = timedelta(minutes=10)
GRACE = timedelta(days=1)
"""How long after its second's deadline a task still waits for its second stage."""


def request(
    cause: Cause, task: TaskUnderReview, weights: Mapping[str, float], now: datetime
) -> tuple[OutputComposed, SecondRequested] | None:
    """Return the events that ask people to rank the counted answers to a task.

    `weights` are those of the counted answers, by assignment. None where there are not two distinct
    texts, or no room for two. The highest weighted texts go first while there is room; the output
    says nothing of weights, so whoever decides on the same answers makes the same output.
    Example: of three answers with two distinct texts, two candidates; none of the three may rank.
    """
    rules = task.rules
    if rules is None or rules.then is None:
        return None
    counted = [answer for answer in task.answers if answer.assignment_id in weights]
    all_versions = versions(counted, rules.asks)
    ranked = _with_room(all_versions, weights, task.shown)
    if len(ranked) < 2:
        return None
    named = sorted(name for version in ranked for name in version.assignments)
    output = output_id(cause.task_id, named)
    second = second_task_id(cause.task_id, output)
    composed = OutputComposed(
        pool=cause.pool,
        at=UNTIMED,
        task_id=second,
        task_type=rules.then.task_type,
        ref=OutputRef(
            source=QA_SOURCE,
            id=output,
            correlation_id=cause.task_id,
            traceparent=rules.ref.get("traceparent"),
        ),
        output=_output(ranked, task.shown),
        not_for=_authors(ranked),
    )
    asked = SecondRequested(
        pool=cause.pool,
        at=now,
        task_id=cause.task_id,
        task_type=rules.task_type,
        output_id=output,
        second_task_id=second,
        second_type=rules.then.task_type,
        assignments=tuple(named),
        left_out=tuple(sorted(weights.keys() - set(named))),
        weights=dict(sorted(weights.items())),
        patience_seconds=rules.then.task_seconds + int(GRACE.total_seconds()),
    )
    return composed, asked


def looked_at(asked: SecondRequested) -> Write:
    """Return the write that lists a second stage to be looked at before its time is over.

    Its task may have been judged already, while the request for it was lost with Redis.
    """
    soon = min(asked.until, asked.at + LOOK_AFTER)
    listed = keys.deadlines(asked.pool, asked.task_id)
    return score(listed, keys.waiting(asked.second_task_id, asked.second_type), to_ms(soon))


def _authors(ranked: Sequence[Version]) -> tuple[str, ...]:
    return tuple(sorted({answer.worker_id for version in ranked for answer in version.answers}))


def _with_room(
    all_versions: Sequence[Version], weights: Mapping[str, float], shown: Shown | None
) -> tuple[Version, ...]:
    """Return the texts that fit into one output, in the order of their first assignment ids."""
    beside = 0 if shown is None else len(json_of(shown))
    room = min(CANDIDATES_BYTES_MAX, MODEL_OUTPUTS_QA.size_bytes_max - ENVELOPE_BYTES - beside)
    taken: set[str] = set()
    for version in sorted(all_versions, key=lambda one: one.rank(weights)):
        size = len(json_of(version.candidate()))
        if len(taken) < CANDIDATES_MAX and size <= room:
            taken.add(version.id)
            room -= size
    return tuple(version for version in all_versions if version.id in taken)


def _output(ranked: Sequence[Version], shown: Shown | None) -> Output:
    beside = {} if shown is None else shown.model_dump(exclude_none=True)
    beside |= {
        "format": "sentuh.output",
        "candidates": tuple(version.candidate() for version in ranked),
        "confidence": Confidence(status="absent", reason="not_stated"),
    }
    return Output.model_validate(beside)
