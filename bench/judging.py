"""Judges one crowd's tasks as the service does, and learns from each verdict."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.crowds import Crowd
from services.qa.agreement.calibration import corrected
from services.qa.agreement.choice import Tally, lessons, stop, tally, weigh
from services.qa.agreement.choice.golds import gold_lesson, gold_lessons
from services.qa.agreement.choice.learned import LearnedAgreement
from services.qa.agreement.choice.learning import learned_of, type_lesson
from services.qa.agreement.choice.prior import class_prior
from services.qa.agreement.choice.rules import Rule
from services.qa.agreement.choice.worth import weight_of
from services.qa.agreement.reliability import (
    AGREED_MILLI,
    ANSWERS,
    Population,
    Reliability,
    estimate,
    population_lesson,
)
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Lessons, Stop
from services.qa.integrity import factor_of, strong_signs, weakened
from services.qa.integrity.lessons import RestOfAll, unison_lessons, with_care


@dataclass(frozen=True, slots=True)
class Step:
    """What a replay learns and how it asks; without arguments as without golds.

    golds: the share of the tasks with a right answer that are golds. rules: those among which they
    choose. curve: whether stated probabilities are corrected. price: of one more answer. best_of:
    from how many people who are free the best known is asked. integrity: whether evidence of
    answers without care weighs them down.
    """

    golds: float = 0.0
    rules: tuple[Rule, ...] = (Rule(),)
    curve: bool = False
    price: float = 0.0
    best_of: int = 1
    integrity: bool = False


TODAY = Step()


@dataclass(slots=True)
class Knowledge:
    """What the service would hold in Redis for one task type: counters, only ever increased."""

    workers: dict[str, Counter[str]] = field(default_factory=dict)
    type: Counter[str] = field(default_factory=Counter)

    def learn(self, taught: Lessons, of_type: Mapping[str, int] | None = None) -> None:
        """Add a verdict's lessons, for its workers and for its task type."""
        for worker, lesson in taught.items():
            self.workers.setdefault(worker, Counter()).update(lesson)
        self.type.update(population_lesson(taught))
        self.type.update(of_type or {})

    def worker(self, worker_id: str) -> Reliability:
        """Return the counters of one worker."""
        return Reliability(self.workers.get(worker_id, {}))

    @property
    def population(self) -> Population:
        """Return the counters of everybody."""
        return Population(self.type[ANSWERS], self.type[AGREED_MILLI])


@dataclass(slots=True)
class Open:
    """A task whose answers come in: those to come, and those that are here."""

    name: str
    arrivals: list[Ballot[str]]
    ballots: list[Ballot[str]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One task's end: what was counted, why asking ended, and what it added to its type.

    stated: the probability it states. seconds: the CPU time of all its decisions.
    """

    task: str
    ballots: list[Ballot[str]]
    tally: Tally
    ending: Stop
    stated: float
    of_type: Mapping[str, int]
    seconds: float


class Judge:
    """Decides as the service does on each answer, and learns from each verdict."""

    def __init__(self, crowd: Crowd, step: Step, golds: frozenset[str]) -> None:
        """Begin with nothing learned."""
        self.golds = golds
        self._crowd, self._step = crowd, step
        self._knowledge = Knowledge()
        self._learned = LearnedAgreement(price=step.price)

    def next_of(self, arrivals: list[Ballot[str]]) -> Ballot[str]:
        """Take the next answer: that of the best known of those who are free."""
        free = arrivals[-self._step.best_of :]
        population = self._knowledge.population
        best = free[-1]
        if len(free) > 1:
            best = max(
                reversed(free),
                key=lambda b: estimate(self._knowledge.worker(b.worker_id), population),
            )
        arrivals.remove(best)
        return best

    def decided(self, task: Open, wanted: AnswersWanted) -> tuple[Tally, Stop] | None:
        """Return the result and why asking ends, or None where one more answer is asked for."""
        ballots, most = task.ballots, min(wanted.max, len(task.ballots) + len(task.arrivals))
        rule = AnswersWanted(min(wanted.min, most), most, wanted.goal)
        weights = {b.assignment_id: self._weigh(b, self._learned.mix) for b in ballots}
        counted = tally(ballots, self._crowd.options, weights, self._learned)
        mean = self._knowledge.population.mean
        ending = stop(counted, len(ballots), rule, mean, self._learned)
        return None if isinstance(ending, AskOneMore) else (counted, ending)

    def learn(self, task: Open, counted: Tally, ending: Stop) -> Verdict:
        """Add a verdict's lessons; those of a gold are held against the truth."""
        of_type, ballots = Counter[str](), task.ballots
        stated = corrected(counted.probability, self._learned.curve)
        if task.name in self.golds:
            truth, options = self._crowd.gold[task.name], self._crowd.options
            taught = gold_lessons(counted, ballots, truth)
            prior = class_prior(self._knowledge.type, options)
            of_type.update(gold_lesson(counted, ballots, truth, prior=prior, weigh=self._weigh))
        else:
            taught = lessons(counted, ballots)
        if self._step.integrity:
            taught = with_care(taught, self._unison(counted, ballots))
        of_type.update(type_lesson(counted, self._knowledge.type))
        self._knowledge.learn(taught, of_type)
        if replace(self._step, integrity=False) != TODAY:
            self._learned = self._learn_anew()
        return Verdict(task.name, ballots, counted, ending, stated, of_type, task.seconds)

    def _learn_anew(self) -> LearnedAgreement:
        step, options = self._step, self._crowd.options
        learned = learned_of(self._knowledge.type, options, price=step.price, among=step.rules)
        return learned if step.curve else replace(learned, curve=())

    def _weigh(self, ballot: Ballot[str], mix: float) -> float:
        worker = self._knowledge.worker(ballot.worker_id)
        population = self._knowledge.population
        options = self._crowd.options
        weight = weigh(ballot.answer, options, worker, population, mix)
        if not self._step.integrity:
            return weight
        return weakened(weight, factor_of(worker, population), 1 / len(options))

    def _unison(self, counted: Tally, ballots: Sequence[Ballot[str]]) -> Lessons:
        options = self._crowd.options
        weights = {one: weight_of(e, len(options)) for one, e in counted.evidence.items()}

        def rest(others: Sequence[Ballot[str]]) -> RestOfAll:
            outcome = tally(others, options, weights, self._learned)
            return RestOfAll(outcome.answer, outcome.probability)

        return unison_lessons(ballots, weights, (counted.answer, len(options)), rest)

    def flagged(self) -> frozenset[str]:
        """Return the workers of whom a sign would have been proposed to the operator."""
        return frozenset(
            worker
            for worker in self._knowledge.workers
            if strong_signs(self._knowledge.worker(worker))
        )
