"""What golds and verdicts teach a task type, what the next verdicts use of it, and say of it."""

from collections import Counter
from random import Random

import pytest

from sentuh.audit.recount.choice import RECOUNT
from sentuh.audit.report import Violation
from services.qa import keys
from services.qa.agreement.choice.golds import GOLD_WORTH
from services.qa.agreement.learning import confused_field
from services.qa.kept_gold import gold_kept
from services.qa.state import Gold
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.state.changes import put
from tests.services.qa.in_memory import BIRD, CAT, DOG, QA
from tests.support.builders import POOL, TASK_TYPE, a_policy, a_task, an_answer
from tests.support.facts import facts, folded
from tests.support.in_memory import InMemory

POPULATION = keys.population(POOL, TASK_TYPE)
PLAIN = a_policy(answers_min=2, answers_max=5, confidence=0.9)
PRICED = a_policy(answers_min=3, answers_max=9, confidence=0.97, worth_per_point=25)
EIGHT = a_policy(answers_min=8, answers_max=8, confidence=0.9)
WORKERS = tuple(f"w-{number}" for number in range(12))


class Town(InMemory):
    """A qa, and people who are asked until each task has its verdict."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(QA)
        self.heard: list[Event] = []
        self._chance, self._golds = Random(seed), Counter[str]()

    def judged(self, task_id: str, policy: Policy, *replies: str, gold: str = "") -> VerdictReached:
        """Return the verdict on a task whose people answer so, one after the other, as asked."""
        before = len(self.of(VerdictReached))
        self._hear(a_task(task_id, policy=policy))
        if gold:
            kept = gold_kept(Gold(f"g-{task_id}", gold))
            self.twin.write(put(keys.task(POOL, task_id), **{keys.GOLD: kept}))
        for worker, answer in zip(self._chance.sample(WORKERS, len(replies)), replies, strict=True):
            if len(self.of(VerdictReached)) == before:
                self._hear(an_answer(worker, answer, task_id=task_id))
        return self.of(VerdictReached)[-1]

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        self.hear(event)


def recounted(town: Town) -> list[Violation]:
    """Return what the audit's own computation finds in all verdicts of a town."""
    tasks = {task.task_id: task for task in town.heard if isinstance(task, TaskCreated)}
    found: list[Violation] = []
    for verdict in town.of(VerdictReached):
        policy = tasks[verdict.task_id].policy
        found += RECOUNT.wrong(verdict, policy.asks)  # type: ignore[arg-type]
        if verdict.stop_reason == "confident":
            found += RECOUNT.too_early(verdict, policy)
        found += RECOUNT.stopped(verdict, tasks[verdict.task_id])
    return found


def a_taught_town(seed: int = 1) -> Town:
    """A town whose people are all wrong together on two golds of five, and were told by 25."""
    town = Town(seed)
    for number in range(25):
        truth = DOG if number % 5 < 2 else CAT
        town.judged(f"t-{number}", PLAIN, *[CAT] * 5, gold=truth)
    return town


def test_a_gold_teaches_by_the_truth_whatever_the_others_said() -> None:
    verdict = Town().judged("t-1", PLAIN, CAT, CAT, CAT, gold=DOG)

    assert verdict.answer == CAT
    assert verdict.lessons
    for lesson in verdict.lessons.values():
        assert lesson["answers"] == GOLD_WORTH
        assert "agreed_milli" not in lesson
        assert lesson["likely_milli:dog"] == 1000 * GOLD_WORTH
    assert verdict.taught["judged_golds"] == 1
    assert len([name for name in verdict.taught if name.startswith("rule:")]) == 42


def test_a_truth_that_is_no_option_any_more_teaches_as_no_gold_does() -> None:
    (gold, plain) = (
        Town().judged("t-1", PLAIN, CAT, CAT, CAT, gold=truth) for truth in ("yeti", "")
    )

    assert gold.gold is not None
    assert (gold.lessons, gold.taught) == (plain.lessons, plain.taught)


def test_without_golds_and_price_nothing_learned_is_used() -> None:
    town = Town()
    said = [town.judged(f"t-{n}", PLAIN, CAT, CAT, DOG, CAT, CAT) for n in range(30)]

    for verdict in said:
        assert verdict.used is not None
        assert verdict.used.model_dump(exclude_none=True, exclude={"typical"}) == {}
        assert not verdict.calibrated
        assert verdict.raw_probability is None


def test_golds_correct_what_is_stated_and_the_verdict_says_both() -> None:
    town = a_taught_town()
    verdict = town.judged("t-99", PLAIN, *[CAT] * 5)

    assert verdict.calibrated
    assert verdict.raw_probability is not None
    assert verdict.probability < verdict.raw_probability == verdict.distribution[CAT]
    assert verdict.used is not None
    assert 0 < len(verdict.used.curve) <= 20
    assert verdict.used.damping is not None
    assert verdict.used.damping < 0.7


def test_a_request_for_one_more_answer_says_what_it_followed_from_too() -> None:
    town = a_taught_town()
    town.judged("t-99", PLAIN, CAT, DOG, CAT, DOG, CAT)

    review = town.of(ReviewRequested)[-1]
    assert review.used is not None
    assert review.calibrated
    assert review.raw_probability is not None


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ((CAT, DOG, CAT, DOG, CAT, DOG, CAT, DOG, CAT), "ambiguous"),
        ((CAT, CAT, CAT, CAT, CAT), "confident"),
    ],
)
def test_where_answers_have_a_price_trusted_people_who_are_split_end_asking(
    replies: tuple[str, ...], reason: str
) -> None:
    town = Town()
    for number in range(40):  # known to be right
        town.judged(f"t-{number}", PRICED, *[CAT] * 5)
    verdict = town.judged("t-99", PRICED, *replies)

    assert verdict.stop_reason == reason
    assert verdict.used is not None
    assert verdict.used.price == pytest.approx(0.002)
    assert sum(verdict.distribution.values()) == pytest.approx(1, abs=1e-5)
    if reason == "ambiguous":
        assert verdict.wanted < PRICED.answers.max
        assert verdict.distribution[DOG] > 0.1


def test_nothing_is_weighed_where_an_answer_costs_nothing() -> None:
    free = PRICED.model_copy(update={"quote": PRICED.quote.model_copy(update={"amount_minor": 0})})
    verdict = Town().judged("t-1", free, *[CAT] * 9)

    assert verdict.used is not None
    assert verdict.used.price is None


@pytest.mark.parametrize("seed", range(3))
def test_every_verdict_of_random_people_is_recomputed_from_itself(seed: int) -> None:
    town = random_town(seed)

    assert len({verdict.stop_reason for verdict in town.of(VerdictReached)}) >= 3
    assert recounted(town) == []


@pytest.mark.parametrize(
    "change",
    [
        {"damping": 0.85},
        {"prior": {CAT: 0.5, DOG: 0.3, BIRD: 0.2}},
        {"curve": ((0.1, 0.1), (0.9, 0.5))},
        {"price": None},
    ],
)
def test_a_verdict_that_says_it_used_something_else_is_seen(change: dict[str, object]) -> None:
    town = random_town(0)
    verdicts = town.of(VerdictReached)
    town.announced = [
        verdict.model_copy(update={"used": verdict.used.model_copy(update=change)})
        for verdict in verdicts
        if verdict.used is not None
    ]

    assert recounted(town)


def test_what_is_taught_is_the_same_in_any_order_and_twice() -> None:
    town = random_town(2)
    assert any(verdict.gold for verdict in town.of(VerdictReached))
    journal: list[tuple[Event, int]] = [(event, 0) for event in (*town.heard, *town.announced)]
    shuffled = journal * 2
    Random(4).shuffle(shuffled)

    once, again = (facts(folded(QA, events).items()) for events in (journal, shuffled))

    assert once == again == town.facts()


def test_two_options_taken_for_each_other_across_tasks_are_named_once() -> None:
    town = a_torn_town(120)

    named = [verdict.confused for verdict in town.of(VerdictReached) if verdict.confused]
    assert named == [(CAT, DOG)]
    assert confused_field(CAT, DOG) in town.twin.hash(POPULATION)


def test_of_two_processes_at_once_one_names_the_options() -> None:
    """Both decide on the same state: whoever commits second decides again, and does not."""
    judged = a_torn_town(120).of(VerdictReached)
    names_it = next(number for number, verdict in enumerate(judged) if verdict.confused)
    town, last = a_torn_town(names_it), []
    for task_id in ("t-998", "t-999"):
        town.hear(a_task(task_id, policy=EIGHT))
        *before, latest = (
            an_answer(f"w-{at}", (CAT, DOG)[at % 2], task_id=task_id) for at in range(8)
        )
        town.hear(*before)
        last.append(latest)

    decided = [town.decide(town.units(answer)) for answer in last]
    in_conflict = [unit for batch in decided for unit in town.commit(batch)[0]]
    town.finish(in_conflict)

    named = {verdict.task_id: verdict.confused for verdict in town.of(VerdictReached)[names_it:]}
    assert len(in_conflict) == 1
    assert named == {"t-998": (CAT, DOG), "t-999": None}


def a_torn_town(tasks: int) -> Town:
    """Return a town whose people take two options for each other, on one task in ten."""
    town = Town()
    for number in range(tasks):
        if number % 10:
            town.judged(f"t-{number}", PLAIN, *[(CAT, DOG, BIRD)[number % 3]] * 5)
        else:
            town.judged(f"t-{number}", EIGHT, *[CAT, DOG] * 4)
    return town


def random_town(seed: int) -> Town:
    """A town with golds and prices: good people, weak ones, and some tasks with two answers."""
    chance, town = Random(seed), Town(seed)
    for number in range(80):
        truth = chance.choice((CAT, CAT, DOG, BIRD))
        either = chance.random() < 0.2
        said = [
            chance.choice((CAT, DOG))
            if either
            else truth
            if chance.random() < 0.8
            else chance.choice((CAT, DOG, BIRD))
            for _ in range(9)
        ]
        policy = PRICED if chance.random() < 0.7 else PLAIN
        gold = truth if chance.random() < 0.3 else ""
        town.judged(f"t-{number}", policy, *said[: policy.answers.max], gold=gold)
    return town
