"""Judges planted tasks by qa's own functions, with the model beside people or without it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.judging import Knowledge
from bench.witness_planted import PlantedTask
from services.qa.agreement.terms import AnswersWanted, AskOneMore
from services.qa.counting import Counted, basis_of, count, is_shortened, judged_witness, typical
from services.qa.state import KeptAnswer, KeptWitness, ReviewRules, TaskUnderReview
from services.qa.witness.kept import bucket_judged, bucket_of, is_blind
from services.qa.witness.lessons import EACH, entry_of
from shared.contracts.questions.choice import ChoiceQuestion
from shared.state.highest import text_with

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
BLIND_SHARE = 0.1
WANTED = AnswersWanted(2, 7, 0.95)


@dataclass(frozen=True, slots=True)
class Ended:
    """One task's end: whether its answer is right, how many were asked, if the model counted."""

    right: bool
    answers: int
    counted: bool


@dataclass(slots=True)
class Desk:
    """What qa would hold of one task type. blind_share: None where the model never counts."""

    options: Sequence[str]
    wanted: AnswersWanted = WANTED
    blind_share: float | None = BLIND_SHARE
    knowledge: Knowledge = field(default_factory=Knowledge)
    buckets: dict[str, str] = field(default_factory=dict)

    def judge(self, task: PlantedTask, number: int) -> Ended:
        """Ask for one answer after the other until asking stops, and learn from the verdict."""
        wanted = self.wanted.min
        while True:  # asking stops at `wanted.max` at the latest
            review = self._review(task, wanted, self._witness(task))
            counted = count(self._rules(), review, review.seated())
            mean = typical(review.population)
            stop = counted.agreement.stop(counted.outcome, wanted, self.wanted, mean)
            if not isinstance(stop, AskOneMore):
                break
            wanted = stop.wanted
        self._learn(review, counted, task.task_id, number)
        heard = counted.hearing.weight is not None
        return Ended(counted.outcome.answer == task.truth, wanted, heard)

    def _witness(self, task: PlantedTask) -> KeptWitness | None:
        if self.blind_share is None:
            return None
        said, blind = task.said, is_blind(task.task_id, self.blind_share)
        lessons = self.buckets.get(bucket_of(said.model, "1", said.confidence), "")
        return KeptWitness(said.answer, said.confidence, said.model, "1", blind, lessons)

    def _review(
        self, task: PlantedTask, wanted: int, witness: KeptWitness | None
    ) -> TaskUnderReview:
        given = task.answers[:wanted]
        return TaskUnderReview(
            rules=self._rules(),
            wanted=wanted,
            answers=tuple(
                KeptAnswer(f"a-{at}", who, answer, late=False)
                for at, (who, answer) in enumerate(given)
            ),
            closed=None,
            verdict=None,
            population=self.knowledge.population,
            reliabilities={who: self.knowledge.worker(who) for who, _ in given},
            taught=self.knowledge.type,
            witness=witness,
        )

    def _rules(self) -> ReviewRules:
        return ReviewRules(
            asks=ChoiceQuestion(tuple(self.options)),
            answers_min=self.wanted.min,
            answers_max=self.wanted.max,
            goal=self.wanted.goal,
            ref={},
            task_type="planted",
            created_at=BEGAN,
        )

    def _learn(self, review: TaskUnderReview, counted: Counted, task_id: str, number: int) -> None:
        basis, learning = basis_of(counted, review), counted.learning
        shortened = is_shortened(counted, review)
        of_type = {} if shortened else learning.taught(counted.outcome, basis)
        self.knowledge.learn(learning.lessons(counted.outcome, basis), of_type)
        witness = judged_witness(review, counted)
        if witness is not None and witness.right_milli is not None:
            entry = entry_of(BEGAN + timedelta(seconds=number), task_id, witness)
            bucket = bucket_judged(witness)
            held = self.buckets.get(bucket, "")
            self.buckets[bucket] = text_with(held, entry, most=2 * EACH)
