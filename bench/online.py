"""A crowd of any kind judged online: tasks and answers arrive shuffled, each verdict teaches."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.judging import Knowledge
from bench.replay import OPEN_MIN, OPEN_SHARE
from services.qa.agreement.terms import Agreement, AnswersWanted, AskOneMore, Ballot
from shared.contracts.question import Answer, Question


@dataclass(frozen=True, slots=True)
class Judged:
    """One task's verdict: the ballots (counted answers) it follows from, and its outcome.

    seconds: the CPU time of the last decision alone.
    """

    task: str
    ballots: Sequence[Ballot[Any]]
    outcome: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class Set:
    """One set of a kind: by task its (worker, answer) pairs, and the question of each task."""

    answers: Mapping[str, Sequence[tuple[str, Answer]]]
    questions: Mapping[str, Question]

    @property
    def labels(self) -> int:
        """How many answers were recorded."""
        return sum(map(len, self.answers.values()))


def judged(
    recorded: Set, agreement: Agreement[Any, Any, Any], *, wanted: AnswersWanted, seed: int
) -> Iterator[Judged]:
    """Yield each task's verdict, in an order of the seed's choosing.

    A window of tasks is open; each step one of them, drawn at random, gets its next recorded
    answer. No task gets more answers than were recorded.
    """
    chance, knowledge = random.Random(seed), Knowledge()
    waiting = sorted(recorded.answers)
    chance.shuffle(waiting)
    window = max(OPEN_MIN, round(len(waiting) * OPEN_SHARE))
    opened: list[tuple[str, list[Ballot[Any]], list[Ballot[Any]]]] = []
    while waiting or opened:
        while waiting and len(opened) < window:
            task = waiting.pop()
            opened.append((task, _arrivals(recorded.answers[task], chance), []))
        index = chance.randrange(len(opened))
        task, arrivals, ballots = opened[index]
        ballots.append(arrivals.pop())
        most = min(wanted.max, len(ballots) + len(arrivals))
        if len(ballots) < min(wanted.min, most):
            continue
        rule = AnswersWanted(min(wanted.min, most), most, wanted.goal)
        verdict = _decided(task, ballots, recorded.questions[task], (agreement, knowledge, rule))
        if verdict is not None:
            opened[index] = opened[-1]
            opened.pop()
            knowledge.learn(agreement.lessons(verdict.outcome, ballots))
            yield verdict


def _decided(
    task: str,
    ballots: Sequence[Ballot[Any]],
    question: Question,
    by: tuple[Agreement[Any, Any, Any], Knowledge, AnswersWanted],
) -> Judged | None:
    """Decide as the service does on each answer; None where one more is asked for."""
    agreement, knowledge, wanted = by
    began = time.process_time()
    population = knowledge.population
    weights = {
        b.assignment_id: agreement.weigh(
            b.answer, question, knowledge.worker(b.worker_id), population
        )
        for b in ballots
    }
    outcome = agreement.tally(ballots, question, weights, None)
    decided = agreement.stop(outcome, len(ballots), wanted, population.mean)
    seconds = time.process_time() - began
    return None if isinstance(decided, AskOneMore) else Judged(task, ballots, outcome, seconds)


def _arrivals(answers: Sequence[tuple[str, Any]], chance: random.Random) -> list[Ballot[Any]]:
    shuffled = list(answers)
    chance.shuffle(shuffled)
    return [Ballot(f"{chance.getrandbits(64):016x}", worker, answer) for worker, answer in shuffled]
