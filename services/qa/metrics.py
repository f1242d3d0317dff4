"""What qa counts for people who run it: verdicts and why, answers they took, reviews."""

from collections.abc import Sequence
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram

from shared.events.model import Event
from shared.events.verdicts import ReviewRequested, VerdictReached

_ANSWERS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100)
_SECONDS = (1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 3 * 86_400, 7 * 86_400)


class QaMetrics:
    """One per process. The share of outputs waived is that of `stop_reason="waived"`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._verdicts = Counter(
            "sentuh_qa_verdicts", "Verdicts reached.", ["stop_reason"], registry=registry
        )
        self._answers = Histogram(
            "sentuh_qa_verdict_answers",
            "Answers counted in a verdict by people.",
            buckets=_ANSWERS,
            registry=registry,
        )
        self._seconds = Histogram(
            "sentuh_qa_verdict_seconds",
            "Time from a task's creation to its verdict by people.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._reviews = Counter(
            "sentuh_qa_reviews", "Times one more answer was asked for.", registry=registry
        )
        for reason in get_args(VerdictReached.model_fields["stop_reason"].annotation):
            self._verdicts.labels(reason)

    def observe(self, events: Sequence[Event]) -> None:
        """Count events that were announced, after their commit."""
        for event in events:
            if isinstance(event, VerdictReached):
                self._verdict(event)
            elif isinstance(event, ReviewRequested):
                self._reviews.inc()

    def _verdict(self, event: VerdictReached) -> None:
        self._verdicts.labels(event.stop_reason).inc()
        if event.by == "people":
            self._answers.observe(sum(vote.standing == "counted" for vote in event.votes))
            self._seconds.observe(max(0.0, (event.at - event.created_at).total_seconds()))
