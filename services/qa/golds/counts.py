"""Prometheus metrics of golds: placed, answered as they should be or not, suspended."""

from shared.contracts.events.golds import GoldPlaced, GoldSuspended
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.observe.instruments import Instruments


class GoldMetrics:
    """The part of qa's metrics that is about golds."""

    def __init__(self, made: Instruments) -> None:
        self._placed = made.counter(
            "sentuh_qa_golds_placed",
            "Times that a gold (a question whose right answer is known) was placed with workers.",
            "More workers are new, or more is answered. None although some are listed: all were"
            " placed as often as they may be, so publish others.",
        )
        self._answers = made.counter(
            "sentuh_qa_gold_answers",
            "Counted answers to golds that are choices, by whether they say what is right.",
            "More golds are answered. A falling share of `right`: workers grow careless, or golds"
            " are wrong: `sentuh golds list` shows which.",
            said=("right", "other"),
        )
        self._suspended = made.counter(
            "sentuh_qa_golds_suspended",
            "Golds taken out because trusted people contradict what they take for right.",
            "A gold is wrong or has two right answers: `sentuh golds list` names it.",
        )

    def observe(self, event: Event) -> None:
        """Count one committed event."""
        if isinstance(event, GoldPlaced):
            self._placed.inc()
        elif isinstance(event, GoldSuspended):
            self._suspended.inc()
        elif isinstance(event, VerdictReached) and event.gold is not None and event.kind is None:
            for vote in event.votes:
                if vote.standing == "counted":
                    right = vote.answer == event.gold.truth
                    self._answers.labels("right" if right else "other").inc()
