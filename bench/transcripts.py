"""Recorded transcripts replayed online: tasks and answers arrive shuffled, each verdict teaches.

Word error is that of a whole set in small letters without punctuation, as CrowdSpeech's.
"""

import csv
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.crowds import folders
from services.qa.agreement.reliability import Population, Reliability, population_lesson
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Draft
from services.qa.agreement.transcript import TranscriptTally, lessons, stop, tally, weigh
from services.qa.agreement.transcript.aligning import Keys, distance
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion
from shared.contracts.questions.transcript.words import RULES, words_of

OPEN_MIN, OPEN_SHARE = 50, 0.1
QUESTION = TranscriptQuestion(language="en", rules=tuple(RULES))
_MODEL = "the model"


@dataclass(frozen=True, slots=True)
class TranscriptCrowd:
    """One set: by task the (worker, text) pairs, what is said, and the model's drafts, if any."""

    name: str
    answers: Mapping[str, Sequence[tuple[str, str]]]
    gold: Mapping[str, str]
    drafts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Errors:
    """Sums over the verdicts of a replay."""

    edits: int = 0
    words: int = 0
    expected: float = 0.0
    used: int = 0
    tasks: int = 0
    seconds: float = 0.0
    decisions: int = 0

    @property
    def word_error(self) -> float:
        """Words changed, left out and put in, as a share of what is said."""
        return self.edits / self.words

    @property
    def stated(self) -> float:
        """The same as the verdicts expect it."""
        return self.expected / self.words

    @property
    def per_task(self) -> float:
        """Answers for each verdict."""
        return self.used / self.tasks


def recorded_texts(folder: Path) -> Iterator[TranscriptCrowd]:
    """Yield the sets of texts below a folder: `labels.csv` (task, worker, text) and `gold.csv`."""
    for place in folders(folder, "text"):
        answers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in _rows(place / "labels.csv"):
            answers[row["task"]].append((row["worker"], row["text"]))
        rows = _rows(place / "gold.csv")
        right = {row["task"]: row["text"] for row in rows if row["task"] in answers}
        yield TranscriptCrowd(place.name, dict(answers), right)


class Known:
    """What the service would hold in Redis for one task type: counters, only ever increased."""

    def __init__(self) -> None:
        self._workers: dict[str, Counter[str]] = defaultdict(Counter)
        self._everybody: Counter[str] = Counter()

    def learn(
        self, outcome: TranscriptTally, ballots: Sequence[Ballot[Transcript]], draft: str | None
    ) -> None:
        """Add a verdict's lessons; the model is compared with people as one of them."""
        taught = lessons(outcome, ballots)
        if draft is not None:
            text: Transcript = {"text": draft}
            beside = [*ballots, Ballot(_MODEL, _MODEL, text)]
            of_all = lessons(self.judged(beside, None), beside)
            self._workers[_MODEL].update(of_all.get(_MODEL, {}))
        for worker, lesson in taught.items():
            self._workers[worker].update(lesson)
        self._everybody.update(population_lesson(taught))

    def weight(self, worker: str) -> float:
        """Return how much an answer of this worker counts now."""
        population = Population(**self._everybody)
        return weigh({}, QUESTION, Reliability(self._workers[worker]), population)

    def judged(self, ballots: Sequence[Ballot[Transcript]], draft: str | None) -> TranscriptTally:
        """Return the text that these answers make now, the draft beside them if there is one."""
        text: Transcript = {"text": draft}
        beside = None if draft is None else Draft(text, self.weight(_MODEL))
        weights = {ballot.assignment_id: self.weight(ballot.worker_id) for ballot in ballots}
        return tally(ballots, QUESTION, weights, beside)


def replay_texts(crowd: TranscriptCrowd, wanted: AnswersWanted, seed: int) -> Errors:
    """Judge every task of a crowd as its answers come in, in an order of the seed's choosing.

    A window of tasks is open; each step one of them, drawn at random, gets its next answer.
    """
    chance = random.Random(seed)
    waiting = sorted(crowd.answers)
    chance.shuffle(waiting)
    window = max(OPEN_MIN, round(len(waiting) * OPEN_SHARE))
    known, errors = Known(), Errors()
    opened: list[tuple[str, list[Ballot[Transcript]], list[Ballot[Transcript]]]] = []
    while waiting or opened:
        while waiting and len(opened) < window:
            opened.append((waiting[-1], _arrivals(crowd, waiting.pop(), chance), []))
        index = chance.randrange(len(opened))
        task, arrivals, ballots = opened[index]
        ballots.append(arrivals.pop())
        most = min(wanted.max, len(ballots) + len(arrivals))
        if len(ballots) < min(wanted.min, most):
            continue
        started = time.process_time()
        outcome = known.judged(ballots, crowd.drafts.get(task))
        rule = AnswersWanted(min(wanted.min, most), most, wanted.goal)
        decided = stop(outcome, len(ballots), rule, 0.0)
        errors.seconds += time.process_time() - started
        errors.decisions += 1
        if not isinstance(decided, AskOneMore):
            opened[index] = opened[-1]
            opened.pop()
            known.learn(outcome, ballots, crowd.drafts.get(task))
            _note(errors, crowd.gold.get(task), outcome, len(ballots))
    return errors


def compared(text: str) -> Keys:
    """Return a text's words as they are compared with what is said."""
    return tuple(word.key for word in words_of(text, "en", ("case", "punctuation")))


def _arrivals(crowd: TranscriptCrowd, task: str, chance: random.Random) -> list[Ballot[Transcript]]:
    answers = list(crowd.answers[task])
    chance.shuffle(answers)
    return [
        Ballot(f"{chance.getrandbits(64):016x}", worker, {"text": text}) for worker, text in answers
    ]


def _note(errors: Errors, gold: str | None, outcome: TranscriptTally, used: int) -> None:
    errors.used += used
    errors.tasks += 1
    if gold is not None:
        right = compared(gold)
        text = outcome.answer["text"] if outcome.answer else ""
        errors.edits += distance(right, compared(str(text)))
        errors.words += len(right)
        errors.expected += len(right) * (1 - outcome.probability)


def medoid_error(crowd: TranscriptCrowd) -> float:
    """Return the word error of the answer of each task that is nearest to all others."""
    edits = words = 0
    for task, gold in crowd.gold.items():
        texts = [compared(text) for _, text in crowd.answers[task]]
        nearest = min(texts, key=lambda text: sum(distance(text, other) for other in texts))
        right = compared(gold)
        edits += distance(right, nearest)
        words += len(right)
    return edits / words


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
