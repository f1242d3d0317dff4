"""Prometheus metrics of qa: verdicts, answers, reviews, and what drafts and models lead to."""

from collections.abc import Sequence
from typing import get_args

from prometheus_client import CollectorRegistry, Counter

from services.qa import keys
from services.qa.golds.counts import GoldMetrics
from services.qa.witness.kept import bucket_judged
from services.qa.witness.lessons import is_full, is_shared
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import (
    DecidedBy,
    FlagSign,
    JudgedGold,
    LeftOut,
    ReviewRequested,
    VerdictReached,
)
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED, KINDS
from shared.observe.instruments import FOREVER, Instruments
from shared.state.highest import text_in
from shared.state.view import View

STATED = tuple(f"{low}-{low + 10}" for low in range(0, 100, 10))
"""The ten bins of a stated probability, in percent, in which the calibration error is measured."""
_ANSWERS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100)


class QaMetrics:
    """The Prometheus metrics of one qa process.

    Verdicts with `stop_reason="waived"` are the outputs that nobody was asked about.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.instruments = made = Instruments(registry)
        self._verdicts = made.counter(
            "sentuh_qa_verdicts",
            "Verdicts reached, by why asking stopped and kind of question; `waived`: the model's"
            " own answer stands.",
            "More gets done. `exhausted`: tasks end before they are sure, for want of people or"
            " time; `budget`: people disagree; `ambiguous`: outputs have no one answer; `futile`:"
            " the confidence asked for is out of reach.",
            stop_reason=get_args(VerdictReached.model_fields["stop_reason"].annotation),
            kind=KINDS,
        )
        self._answers = made.histogram(
            "sentuh_qa_verdict_answers",
            (
                "Answers counted in a verdict by people.",
                "Verdicts cost more: people disagree, or the wanted confidence is higher.",
            ),
            _ANSWERS,
            kind=KINDS,
        )
        self._seconds = made.histogram(
            "sentuh_qa_verdict_seconds",
            (
                "Time from a task's creation to its verdict by people.",
                "Upstream waits longer: too few people for what comes in, or answers take longer.",
            ),
            FOREVER,
        )
        self._reviews = _reviews(made)

        self._golds_judged, self._golds_stated = _golds(made)
        self._confused = _confused(made)
        self._flagged = _flagged(made)
        self._with_draft = _with_draft(made)
        self._second_stages = _second_stages(made)
        self._witness, self._forgotten = _witness(made)
        self._golds = GoldMetrics(made)

    def observe(self, events: Sequence[Event], view: View | None = None) -> None:
        """Count the verdicts and the requests for one more answer among committed events."""
        for event in events:
            self._golds.observe(event)
            if isinstance(event, VerdictReached):
                self._verdict(event)
                self._said_by_model(event, view)
            elif isinstance(event, ReviewRequested):
                self._reviews.inc()

    def _verdict(self, event: VerdictReached) -> None:
        kind = event.kind or KIND_IF_NONE_IS_NAMED
        self._verdicts.labels(event.stop_reason, kind).inc()
        if event.by == "people":
            counted = sum(vote.standing == "counted" for vote in event.votes)
            self._answers.labels(kind).observe(counted)
            self._seconds.observe(max(0.0, (event.at - event.created_at).total_seconds()))
        if event.draft is not None:
            self._drafted(event)
        if event.gold is not None:
            self._gold(event, event.gold)
        if event.confused is not None:
            self._confused.inc()
        for one in event.flagged:
            self._flagged.labels(one.sign).inc()
        if event.decided_by is not None:
            self._second_stages.labels(_ended(event, event.decided_by)).inc()

    def _gold(self, event: VerdictReached, gold: JudgedGold) -> None:
        """Count a gold's verdict in the bin of the probability it states; of other kinds none."""
        if event.used is None or event.answer is None:
            return
        at = STATED[min(len(STATED) - 1, int(event.probability * len(STATED)))]
        self._golds_judged.labels(at, "yes" if event.answer == gold.truth else "no").inc()
        self._golds_stated.labels(at).inc(event.probability)

    def _drafted(self, event: VerdictReached) -> None:
        for vote in event.votes:
            if vote.agrees is not None:
                began = "drafted" if vote.drafted else "blind"
                self._with_draft.labels(began, "same" if vote.agrees else "other").inc()

    def _said_by_model(self, event: VerdictReached, view: View | None) -> None:
        witness = event.witness
        if witness is None:
            return
        agrees = "same" if witness.answer == event.answer else "other"
        self._witness.labels(witness.left_out or "counted", agrees).inc()
        if witness.right_milli is not None and view is not None:
            bucket = keys.reliability(event.pool, event.task_type, bucket_judged(witness))
            lessons = text_in(view.fields(bucket), keys.LESSONS)
            if is_full(lessons) and is_shared(lessons):
                self._forgotten.inc()


def _golds(made: Instruments) -> tuple[Counter, Counter]:
    judged = made.counter(
        "sentuh_qa_golds_judged",
        "Verdicts on golds, by the probability stated, in percent, and whether they are right.",
        "Golds are judged. In a bin the share of `yes` should be about what was stated.",
        stated=STATED,
        right=("yes", "no"),
    )
    return judged, made.counter(
        "sentuh_qa_golds_stated",
        "Sum of the probabilities that verdicts on golds stated, by the same bins.",
        "Golds are judged. Over `sentuh_qa_golds_judged_total` it is the mean that was stated.",
        stated=STATED,
    )


def _reviews(made: Instruments) -> Counter:
    return made.counter(
        "sentuh_qa_reviews",
        "Times one more answer was asked for.",
        "The first answers often do not suffice: an unclear question, or weak answers.",
    )


def _flagged(made: Instruments) -> Counter:
    return made.counter(
        "sentuh_qa_workers_flagged",
        "Workers proposed to the operator, by what shows that they answer a task type without care:"
        " `guessing`, they agree with others no more than by chance.",
        "Somebody answers without looking, or a question is read otherwise than it is meant; the"
        " verdict that made it plain names them in `flagged`.",
        sign=get_args(FlagSign),
    )


def _confused(made: Instruments) -> Counter:
    return made.counter(
        "sentuh_qa_options_confused",
        "Pairs of options that people were found to take for each other across tasks.",
        "A question does not say well enough what sets two of its options apart; the verdict that"
        " made it plain names them in `confused`.",
    )


def _ended(event: VerdictReached, by: DecidedBy) -> str:
    if not by.votes:
        return "silence"
    return "preferred" if event.probability else "undecided"


def _second_stages(made: Instruments) -> Counter:
    return made.counter(
        "sentuh_qa_second_stages",
        "First tasks decided by their second stage, by how it ended: `preferred`, people ranked"
        " one best; `undecided`, nobody did; `silence`, it said nothing in time.",
        "`undecided`: the texts are all bad, or too few people rank. `silence`: look for dead"
        " letters of intake from `model-outputs.qa`.",
        ended=("preferred", "undecided", "silence"),
    )


def _witness(made: Instruments) -> tuple[Counter, Counter]:
    """Return what counts models' own answers, and what counts lessons that were forgotten."""
    return made.counter(
        "sentuh_qa_witness",
        "Verdicts on tasks of which the model's own answer is known and people did not see it, by"
        " whether it `counted` beside theirs, or why not, and whether it is the verdict's.",
        "More such tasks. `counted` saves answers; a larger share of `other` among `blind`: the"
        " model has got worse. `unproven` that stays: raise `witness_blind_share`.",
        standing=("counted", *get_args(LeftOut)),
        answer=("same", "other"),
    ), made.counter(
        "sentuh_qa_witness_forgotten",
        "Lessons about a model that pushed out an older one where other models stand, too.",
        "There are more models than there is room for: names or versions change all the time.",
    )


def _with_draft(made: Instruments) -> Counter:
    return made.counter(
        "sentuh_qa_draft_answers",
        "Counted answers to tasks with a draft, by whether the worker began from it and whether"
        " their answer is the verdict's, as its question compares answers.",
        "More such tasks. A larger share of `same` among `drafted` than among `blind`: people"
        " are led by the draft, or accept it unread.",
        began=("drafted", "blind"),
        answer=("same", "other"),
    )
