"""How sure a verdict is, in the words of what its kind of question stops at."""

import pytest

from sentuh.history.collect import History, collect
from sentuh.trace.sureness import asked_for, counting, reached_so_far, share, sure
from shared.contracts.events.parts import Stopping
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Question
from shared.contracts.questions.choice import ChoiceQuestion
from shared.contracts.questions.rating import RatingDetail, RatingQuestion
from tests.sentuh.audit.journals import Log, a_judged_task
from tests.support.builders import a_policy, a_task

STARS = RatingQuestion(low=1, high=5)


def history(asks: Question, **stopping: float) -> History:
    """What is kept of one task that asks this and stops so."""
    policy = a_policy().model_copy(
        update={"asks": asks, "stopping": Stopping.model_validate(stopping)}
    )
    log = Log()
    log.say(a_task(policy=policy))
    return collect(log.records, log.names, None)


RATED = history(STARS, tolerance=0.5)
CHOSEN = history(ChoiceQuestion(("yes", "no")), confidence=0.95)
NOTHING = collect([], Log().names, None)


def a_verdict() -> VerdictReached:
    (verdict,) = (
        event for event in a_judged_task("t-1", {"w-1": "cat"}) if isinstance(event, VerdictReached)
    )
    return verdict


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.876, "87 %"), (0.949999, "94 %"), (0.95, "95 %"), (0.9987, "99.8 %"), (1.0, "100.0 %")],
)
def test_a_share_is_never_rounded_up(probability: float, words: str) -> None:
    assert share(probability) == words


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (CHOSEN, "95 % is asked for"),
        (RATED, "give or take 0.5 is asked for"),
        (NOTHING, ""),
    ],
)
def test_what_is_asked_for_is_told_in_the_unit_of_the_goal(kept: History, words: str) -> None:
    assert asked_for(kept) == words


def test_a_verdict_is_as_sure_as_it_says_or_as_its_detail_says() -> None:
    detail = RatingDetail(low=3.5, high=4.7, margin=0.5898)
    verdict = a_verdict()

    assert sure(verdict) == f"{share(verdict.probability)} sure"
    assert sure(verdict.model_copy(update={"detail": detail})) == "give or take 0.59"


def test_an_answer_counts_by_how_often_it_is_right_or_by_its_weight() -> None:
    assert counting(0.825, CHOSEN) == "right 82 % of the time"
    assert counting(0.5, RATED) == "weight 0.50"
    assert counting(0.5, NOTHING) == "right 50 % of the time"
    assert counting(None, RATED) == ""


def test_between_answers_a_probability_is_told_and_nothing_else() -> None:
    assert reached_so_far(0.601, CHOSEN) == "it 60 % sure"
    assert reached_so_far(0.3, RATED) == "it not sure enough"
