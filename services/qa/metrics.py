"""Prometheus metrics of qa: verdicts by why asking stopped, the answers they took, and reviews."""

from collections.abc import Sequence
from typing import get_args

from prometheus_client import CollectorRegistry

from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.observe.instruments import FOREVER, Instruments
from shared.state.view import View

_ANSWERS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100)


class QaMetrics:
    """The Prometheus metrics of one qa process.

    Verdicts with `stop_reason="waived"` are the outputs that nobody was asked about.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.instruments = made = Instruments(registry)
        self._verdicts = made.counter(
            "sentuh_qa_verdicts",
            "Verdicts reached, by why asking stopped; `waived`: the model's own answer stands.",
            "More gets done. `exhausted`: tasks end before they are sure, for want of people or"
            " time; `budget`: people disagree.",
            stop_reason=get_args(VerdictReached.model_fields["stop_reason"].annotation),
        )
        self._answers = made.histogram(
            "sentuh_qa_verdict_answers",
            (
                "Answers counted in a verdict by people.",
                "Verdicts cost more: people disagree, or the wanted confidence is higher.",
            ),
            _ANSWERS,
        )
        self._seconds = made.histogram(
            "sentuh_qa_verdict_seconds",
            (
                "Time from a task's creation to its verdict by people.",
                "Upstream waits longer: too few people for what comes in, or answers take longer.",
            ),
            FOREVER,
        )
        self._reviews = made.counter(
            "sentuh_qa_reviews",
            "Times one more answer was asked for.",
            "The first answers often do not suffice: an unclear question, or weak answers.",
        )

    def observe(self, events: Sequence[Event], _: View | None = None) -> None:
        """Count the verdicts and the requests for one more answer among committed events."""
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
