"""Computes what drafts led people to: answers that began from one beside those that did not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from sentuh.demo.journal import Journal
from sentuh.demo.kinds import MATERIALS
from sentuh.demo.material import Truth
from sentuh.demo.workforce import Person
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.question import Answer

UNREAD, AT_RANDOM, OTHERS = "accepts every draft unread", "answer at random", "all others"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One task type with drafts: the answers on time of who began from one, and of who did not.

    `measures` names what `draft`, `drafted` and `blind` are: a share if `as_share`, else points.
    They are of the drafts themselves, over the same tasks, and of the answers of either sort.
    `unchanged` is the share of the drafted answers that are the draft as it was.
    """

    kind: str
    task_type: str
    measures: str
    as_share: bool
    draft: float
    drafted_answers: int
    drafted: float
    blind_answers: int
    blind: float
    unchanged: float


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """Some people on a task type with drafts: how far its verdicts found them to agree with others.

    `agreed` (0..1) is the mean of what verdicts taught of `answers`, which is what reliability is
    estimated from. `weight` is the mean reliability that the last answer of each of them was
    counted with.
    """

    task_type: str
    who: str
    people: int
    answers: int
    agreed: float
    weight: float


@dataclass(frozen=True, slots=True)
class Anchoring:
    """What drafts led people to, and what became of who accepts them unread."""

    by_type: Sequence[DraftRow] = ()
    reliability: Sequence[ReliabilityRow] = ()


def anchoring(
    journal: Journal, truths: Mapping[str, Truth], people: Mapping[str, Person]
) -> Anchoring:
    """Return a row for each task type with drafts, and one for each sort of people on it."""
    groups: dict[tuple[str, str], list[AssignmentAnswered]] = defaultdict(list)
    for answer in journal.answered.values():
        truth = truths.get(answer.task_id)
        if truth and truth.kind in MATERIALS and answer.drafted is not None and not answer.late:
            groups[truth.kind, truth.task_type].append(answer)
    rows = [_row(name, answers, truths) for name, answers in sorted(groups.items())]
    found = [one for row in rows for one in _reliability(journal, row.task_type, people)]
    return Anchoring(rows, found)


def _row(
    name: tuple[str, str], answers: Sequence[AssignmentAnswered], truths: Mapping[str, Truth]
) -> DraftRow:
    kind, task_type = name
    drafted = [answer for answer in answers if answer.drafted]
    blind = [answer for answer in answers if not answer.drafted]
    tasks = {answer.task_id for answer in answers}
    unchanged = sum(bool(answer.unchanged) for answer in drafted)

    def measured(pairs: Iterable[tuple[str, Answer]]) -> float:
        each = [MATERIALS[kind].measure(said, truths[task].truth) for task, said in pairs]
        of = sum(one.of for one in each)
        return sum(one.amount for one in each) / of if of else 0.0

    return DraftRow(
        kind=kind,
        task_type=task_type,
        measures=MATERIALS[kind].measures,
        as_share=MATERIALS[kind].as_share,
        draft=measured((task, truths[task].model_answer) for task in sorted(tasks)),
        drafted_answers=len(drafted),
        drafted=measured((one.task_id, one.answer) for one in drafted),
        blind_answers=len(blind),
        blind=measured((one.task_id, one.answer) for one in blind),
        unchanged=unchanged / len(drafted) if drafted else 0.0,
    )


def _reliability(
    journal: Journal, task_type: str, people: Mapping[str, Person]
) -> Iterator[ReliabilityRow]:
    """Yield a row for each sort of people of whom there is an answer that was compared."""
    verdicts = [one for one in journal.verdicts.values() if one.task_type == task_type]
    taught: dict[str, Counter[str]] = defaultdict(Counter)
    last: dict[str, float] = {}
    for verdict in sorted(verdicts, key=lambda one: (one.at, one.task_id)):
        for worker, lesson in verdict.lessons.items():
            taught[worker].update(lesson)
        last |= {vote.worker_id: vote.weight for vote in verdict.votes if vote.weight is not None}
    sorts: dict[str, list[str]] = {UNREAD: [], AT_RANDOM: [], OTHERS: []}
    for worker in sorted(taught.keys() & last.keys() & people.keys()):
        sorts[_sort_of(people[worker])].append(worker)
    for who, workers in sorts.items():
        if workers:
            together = sum((taught[worker] for worker in workers), Counter[str]())
            answers = together["answers"]
            agreed = together["agreed_milli"] / 1000 / max(1, answers)
            weight = mean(last[worker] for worker in workers)
            yield ReliabilityRow(task_type, who, len(workers), answers, agreed, weight)


def _sort_of(person: Person) -> str:
    if person.reads_no_draft:
        return UNREAD
    return AT_RANDOM if person.accuracy is None else OTHERS
