"""Weighs the answers that count, and what the model said itself where nobody had seen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.qa import witness
from services.qa.agreement import learning_on
from services.qa.agreement.learning import Basis, Learning
from services.qa.agreement.reliability import AGREED_MILLI, Population
from services.qa.agreement.terms import (
    AgreedAnswer,
    Agreement,
    AnswersWanted,
    AskOneMore,
    Ballot,
    Draft,
)
from services.qa.state import KeptAnswer, KeptDraft, KeptWitness, ReviewRules, TaskUnderReview
from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import JudgedDraft, Witness
from shared.contracts.question import Answer, Question

TYPICAL_DIGITS = 6
_MODEL = "*"
"""Stands for the model where its answer is compared with people's; it is the id of no worker."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The ballots (counted answers) of a task, each one's weight, and the answer they lead to.

    rules: the task's. weights: by assignment id, 0..1. learning: the functions for this kind of
    question, with what was learned in them. blind: the ballots of workers who had not seen the
    draft. draft_weight: what the draft counts with, 0..1, where it fits the question; it is
    evidence only if all ballots are blind. alone: the answer without the model's own. hearing:
    whether that counted beside the ballots.
    Example: two equal ballots of weight 0.9 lead to that answer with a high probability.
    """

    rules: ReviewRules
    ballots: Sequence[Ballot[Answer]]
    weights: Mapping[str, float]
    outcome: AgreedAnswer
    learning: Learning[Question, Answer, AgreedAnswer]
    blind: Sequence[Ballot[Answer]] = ()
    draft_weight: float | None = None
    alone: AgreedAnswer | None = None
    hearing: witness.Hearing = witness.NOT_HEARD

    @property
    def agreement(self) -> Agreement[Question, Answer, AgreedAnswer]:
        """The functions that weigh, tally and stop."""
        return self.learning.agreement

    @property
    def draft_counts(self) -> bool:
        """Whether the draft was evidence: somebody counted, and none of them had begun from it."""
        return self.draft_weight is not None and len(self.blind) == len(self.ballots) > 0


class StatedProbability(NamedTuple):
    """What a verdict or a review says of its probability; the fields are those of the events."""

    probability: float
    raw_probability: float | None
    calibrated: bool
    used: Used | None


def count(rules: ReviewRules, task: TaskUnderReview, seated: Sequence[KeptAnswer]) -> Counted:
    """Weigh the answers that count and combine them; an answer that fits no option is left out.

    Such an answer takes up one of the wanted answers all the same.
    """
    learning, asks = learning_on(rules.asks, task.taught, rules.price), rules.asks
    agreement = learning.agreement
    fits = [one for one in seated if asks.problem_with(one.answer) is None]
    ballots = [
        Ballot(one.assignment_id, one.worker_id, asks.canonical(one.answer), bool(one.drafted))
        for one in fits
    ]
    weights = {
        ballot.assignment_id: agreement.weigh(
            ballot.answer, asks, task.reliabilities[ballot.worker_id], task.population
        )
        for ballot in ballots
    }
    if task.draft is None or asks.problem_with(task.draft.answer) is not None:
        alone = agreement.tally(ballots, asks, weights, None)
        hearing = witness.hear(task.witness, task.gold, alone=alone, weights=weights)
        outcome = _with_witness(agreement, alone, task.witness, hearing.weight)
        return Counted(rules, ballots, weights, outcome, learning, alone=alone, hearing=hearing)
    answer = asks.canonical(task.draft.answer)
    weight = agreement.weigh(answer, asks, task.reliabilities[task.draft.author], task.population)
    seen = {one.assignment_id for one in fits if one.drafted}
    blind = [ballot for ballot in ballots if ballot.assignment_id not in seen]
    draft = Draft(answer, weight) if ballots and not seen else None
    outcome = agreement.tally(ballots, asks, weights, draft)
    return Counted(rules, ballots, weights, outcome, learning, blind, weight)


def stated(counted: Counted, population: Population) -> StatedProbability:
    """Return what is stated of the counted answers; the probability is 0 if there is no answer.

    Example: golds have shown that 0.97 is right in 86 of 100 tasks: 0.86, calibrated.
    """
    learning, raw = counted.learning, counted.outcome.probability
    used = learning.used(typical(population))
    if counted.outcome.answer is None:
        return StatedProbability(0.0, None, calibrated=False, used=used)
    if not learning.calibrated:
        return StatedProbability(raw, None, calibrated=False, used=used)
    return StatedProbability(learning.stated(raw), raw, calibrated=True, used=used)


def typical(population: Population) -> float:
    """Return how reliable workers are on a task type, rounded as verdicts record it."""
    return round(population.mean, TYPICAL_DIGITS)


def basis_of(counted: Counted, task: TaskUnderReview) -> Basis[Answer]:
    """Return what a verdict teaches from: the ballots, what was known before, a gold's truth."""
    truth = None if task.gold is None else task.gold.truth
    return Basis(counted.ballots, task.reliabilities, task.population, truth)


def _with_witness(
    agreement: Agreement[Question, Answer, AgreedAnswer],
    alone: AgreedAnswer,
    own: KeptWitness | None,
    weight: float | None,
) -> AgreedAnswer:
    """Return what people's answers alone come to with the model's beside them, if that counts."""
    if own is None or weight is None or agreement.witnessed is None:
        return alone
    return agreement.witnessed(alone, Draft(own.answer, weight))


def is_shortened(counted: Counted, task: TaskUnderReview) -> bool:
    """Return whether one more answer would have been asked for, had the model's not counted."""
    if counted.hearing.weight is None or counted.alone is None:
        return False
    rules, answered = counted.rules, len(task.seated())
    wanted = AnswersWanted(rules.answers_min, rules.answers_max, rules.goal)
    ending = counted.agreement.stop(counted.alone, answered, wanted, typical(task.population))
    return isinstance(ending, AskOneMore)


def judged_witness(task: TaskUnderReview, counted: Counted) -> Witness | None:
    """Return what became of the model's own answer, and what the verdict teaches of it, if it does.

    It is compared with people's answers as one of them, so with theirs alone, or with the truth.
    """
    said = task.witness
    if said is None:
        return None
    return witness.judged_witness(said, counted.hearing, _right_milli(task, counted))


def _right_milli(task: TaskUnderReview, counted: Counted) -> int | None:
    teaches = counted.hearing.left_out in witness.TEACHES
    if task.witness is None or not counted.ballots or not teaches:
        return None
    answer = task.witness.answer
    if task.gold is not None:
        return 1000 if answer == task.gold.truth else 0
    lesson = _compared(_MODEL, answer, counted, weight=0.5)
    return lesson.get(AGREED_MILLI, 0)


def judged_draft(draft: KeptDraft, counted: Counted) -> JudgedDraft:
    """Return what became of the draft, and what its author is taught by those who did not see it.

    It is compared with their answers as one of them, so with the others alone: whoever began from
    the draft says nothing about it.
    """
    counts = counted.draft_counts
    return JudgedDraft(
        author=draft.author,
        answer=draft.answer if counts else None,
        weight=counted.draft_weight if counts else None,
        lesson=_lesson(draft, counted),
    )


def _lesson(draft: KeptDraft, counted: Counted) -> dict[str, int]:
    if counted.draft_weight is None or not counted.blind:
        return {}
    answer = counted.rules.asks.canonical(draft.answer)
    return _compared(draft.author, answer, counted, weight=counted.draft_weight)


def _compared(author: str, answer: Answer, counted: Counted, *, weight: float) -> dict[str, int]:
    """Return what the blind ballots teach of this answer of the model, as of one of them."""
    question, agreement = counted.rules.asks, counted.agreement
    blind = counted.blind if counted.draft_weight is not None else counted.ballots
    ballots = [*blind, Ballot(author, author, answer)]
    weights = {**counted.weights, author: weight}
    outcome = agreement.tally(ballots, question, weights, None)
    return dict(agreement.lessons(outcome, ballots).get(author, {}))
