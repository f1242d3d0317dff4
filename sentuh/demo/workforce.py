"""The demo's simulated people: how well and how fast each answers. Fixed, and not to be tuned.

Of sixty: 10 % answer at random, 10 % are careless (right 55 times in 100), the others spread so
that the median of all is .80 and the best .95; 15 % lack the skill that digits ask for. Where they
err, they err towards any other option alike. Most read a model's draft before they mend it; one
accepts every draft unread. Everything follows from the seed, the person and the task; nothing of it
follows from what others answer.
"""

from dataclasses import dataclass, replace
from typing import Literal

from sentuh.demo.chance import chance
from sentuh.demo.people import answer_of, begun_from
from shared.contracts.events.model import natural_id
from shared.contracts.question import Answer, Question

Kind = Literal["ordinary", "careless", "spammer"]

SPAMMERS, CARELESS, WITHOUT_SKILL = 0.10, 0.10, 0.15
ACCURACY_MIN, ACCURACY_MEDIAN, ACCURACY_MAX, ACCURACY_CARELESS = 0.65, 0.80, 0.95, 0.55
ACCEPTS_UNREAD, CARELESS_ACCEPTS_UNREAD = 0.04, 0.2
"""How often a person accepts a draft unread. Whoever answers at random looks at none."""
UNREAD_PACE = 0.2
DIGITS_SKILL = "image.digits"

DECLINES, LAPSES, IS_LATE, SKIPS_ACCEPTING = 0.04, 0.03, 0.02, 0.20
THINKING_SECONDS = (0.05, 0.40)
LATE_SECONDS = 0.8
"""A late answer comes this long after the end of its offer."""


@dataclass(frozen=True, slots=True)
class Person:
    """One worker; `accuracy` is the share of right answers, None for random answers."""

    worker_id: str
    kind: Kind
    accuracy: float | None
    skills: dict[str, int]
    languages: tuple[str, ...]
    capacity: int
    pace: float
    accepts_unread: float = ACCEPTS_UNREAD

    @property
    def reads_no_draft(self) -> bool:
        """Whether they accept every draft as it is."""
        return self.accepts_unread == 1

    @property
    def described(self) -> str:
        """The person in words, for the report: right 80%."""
        if self.accuracy is None:
            return "answers at random"
        return f"{'careless, ' if self.kind == 'careless' else ''}right {self.accuracy:.0%}"


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as a person is shown it, and its right answer, which they see as well as they can.

    `draft` is the model's own answer, where they begin from it.
    """

    task_id: str
    truth: Answer
    question: Question
    draft: Answer = None


@dataclass(frozen=True, slots=True)
class Deed:
    """The reaction of a person to one offer, after `seconds` of thinking."""

    act: Literal["answer", "decline", "lapse", "late"]
    seconds: float
    accepts_first: bool
    answer: Answer


def workforce(count: int, seed: int) -> tuple[Person, ...]:
    """Return `count` people; the seed decides which of them are weak, not how many are."""
    spammers, careless = round(count * SPAMMERS), round(count * CARELESS)
    ranks = _shuffled(count, seed, "rank")
    unskilled = set(_shuffled(count, seed, "skill")[: round(count * WITHOUT_SKILL)])
    people = [
        _person(
            f"w-{at + 1:02}", seed, accuracy=_accuracy(rank, count), has_skill=at not in unskilled
        )
        if rank >= spammers + careless
        else _weak(f"w-{at + 1:02}", seed, spams=rank < spammers, has_skill=at not in unskilled)
        for at, rank in enumerate(ranks)
    ]
    one = min(people, key=lambda person: _most_with_drafts(person, seed))
    unread = replace(one, accepts_unread=1.0, pace=one.pace * UNREAD_PACE)
    return tuple(unread if person is one else person for person in people)


def deed(person: Person, seed: int, task: ShownTask) -> Deed:
    """Return the reaction of a person to an offer of a task; the same at every call."""
    about = (seed, person.worker_id, task.task_id)
    low, high = THINKING_SECONDS
    return Deed(
        act=_act(chance("act", *about)),
        seconds=person.pace * (low + (high - low) * chance("thinking", *about) ** 2),
        accepts_first=chance("accept", *about) >= SKIPS_ACCEPTING,
        answer=_answer(person, about, task),
    )


def _answer(person: Person, about: tuple[str | int, ...], task: ShownTask) -> Answer:
    own = answer_of(person.accuracy, about, truth=task.truth, question=task.question)
    if task.draft is None or person.accuracy is None or task.question.problem_with(task.draft):
        return own
    if chance("unread", *about) < person.accepts_unread:
        return task.draft
    return begun_from(task.draft, own, about, question=task.question)


def _most_with_drafts(person: Person, seed: int) -> tuple[bool, bool, bool, str]:
    """Return what sorts an ordinary person first who gets as many tasks with drafts as anybody."""
    unfit = person.kind != "ordinary", DIGITS_SKILL in person.skills, "id" not in person.languages
    return *unfit, natural_id("demo", "reads no draft", seed, person.worker_id)


def _act(roll: float) -> Literal["answer", "decline", "lapse", "late"]:
    if roll < DECLINES:
        return "decline"
    if roll < DECLINES + LAPSES:
        return "lapse"
    return "late" if roll < DECLINES + LAPSES + IS_LATE else "answer"


def _accuracy(rank: int, count: int) -> float:
    """Return the accuracy of a rank, so that the median of all, weak ones included, is .80."""
    half, lowest = count // 2, round(count * SPAMMERS) + round(count * CARELESS)
    if rank >= half:
        share = (rank - half) / max(count - 1 - half, 1)
        return round(ACCURACY_MEDIAN + (ACCURACY_MAX - ACCURACY_MEDIAN) * share, 4)
    share = (rank - lowest) / max(half - 1 - lowest, 1)
    return round(ACCURACY_MIN + (ACCURACY_MEDIAN - ACCURACY_MIN) * share, 4)


def _weak(worker_id: str, seed: int, *, spams: bool, has_skill: bool) -> Person:
    accuracy = None if spams else ACCURACY_CARELESS
    return _person(worker_id, seed, accuracy=accuracy, has_skill=has_skill)


def _person(worker_id: str, seed: int, *, accuracy: float | None, has_skill: bool) -> Person:
    kind: Kind = "ordinary" if accuracy != ACCURACY_CARELESS else "careless"
    return Person(
        worker_id=worker_id,
        kind="spammer" if accuracy is None else kind,
        accuracy=accuracy,
        skills=_skills(worker_id, seed, has_skill=has_skill),
        languages=_languages(worker_id, seed),
        capacity=2 + (chance("capacity", seed, worker_id) < 0.4),
        pace=0.6 + 0.8 * chance("pace", seed, worker_id),
        accepts_unread=CARELESS_ACCEPTS_UNREAD if kind == "careless" else ACCEPTS_UNREAD,
    )


def _languages(worker_id: str, seed: int) -> tuple[str, ...]:
    """Return what a person reads and hears: English, and some of them other languages, too."""
    others = {"de": 0.3, "id": 0.6}
    shares = {tag: chance(tag, seed, worker_id) for tag in others}
    return ("en", *(tag for tag, share in others.items() if shares[tag] < share))


def _skills(worker_id: str, seed: int, *, has_skill: bool) -> dict[str, int]:
    """Return the levels that a person claims; those of a spammer are as good as any."""
    levels = {
        skill: int(5 * chance(skill, seed, worker_id)) + 1
        for skill in ("text.sentiment", "text.review", "audio.transcription")
    }
    return levels | ({DIGITS_SKILL: 3} if has_skill else {})


def _shuffled(count: int, seed: int, what: str) -> list[int]:
    return sorted(range(count), key=lambda at: natural_id("demo", what, seed, at))
