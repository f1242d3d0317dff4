"""A worker who does not look is named once, in the journal and in any order of folding."""

from random import Random

from services.qa import keys
from services.qa.integrity import flag_field
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from tests.services.qa.in_memory import BIRD, CAT, DOG, QA
from tests.services.qa.test_learning import Town
from tests.support.builders import POOL, TASK_TYPE, a_policy, a_task, an_answer
from tests.support.facts import facts, folded

THREE = a_policy(answers_min=3, answers_max=3, confidence=0.9)
GUESSER, CAREFUL = "w-guess", ("w-1", "w-2")


def a_town_with_a_guesser(tasks: int = 150) -> Town:
    """A town in which two people are right and the third says anything."""
    town, chance = Town(), Random(7)
    for number in range(tasks):
        task_id, truth = f"t-{number}", chance.choice((CAT, DOG, BIRD))
        events: list[Event] = [a_task(task_id, policy=THREE)]
        events += [an_answer(worker, truth, task_id=task_id) for worker in CAREFUL]
        guess = chance.choice((CAT, DOG, BIRD))
        events.append(an_answer(GUESSER, guess, task_id=task_id))
        for event in events:
            town.heard.append(event)
            town.hear(event)
    return town


def test_a_worker_who_does_not_look_is_named_once_and_paid_as_ever() -> None:
    town = a_town_with_a_guesser()
    named = [one for verdict in town.of(VerdictReached) for one in verdict.flagged]

    assert [(one.worker_id, one.sign) for one in named] == [(GUESSER, "guessing")]
    kept = town.twin.hash(keys.reliability(POOL, TASK_TYPE, GUESSER))
    assert kept[flag_field("guessing")] == "1"
    last = town.of(VerdictReached)[-1]
    assert {vote.worker_id for vote in last.votes if vote.standing == "counted"} == {
        *CAREFUL,
        GUESSER,
    }


def test_who_was_named_is_the_same_in_any_order_and_twice() -> None:
    town = a_town_with_a_guesser()
    journal: list[tuple[Event, int]] = [(event, 0) for event in (*town.heard, *town.announced)]
    shuffled = journal * 2
    Random(4).shuffle(shuffled)

    once, again = (facts(folded(QA, events).items()) for events in (journal, shuffled))

    assert once == again == town.facts()
