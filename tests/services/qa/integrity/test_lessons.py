"""What a verdict shows of care: who shares a wrong answer, and how often they would by chance."""

from collections.abc import Sequence

from services.qa.agreement.choice import tally
from services.qa.agreement.terms import Ballot, Lessons
from services.qa.integrity.lessons import (
    RestOfAll,
    draft_lesson,
    hasty_lesson,
    unison_lessons,
    with_care,
)
from services.qa.integrity.packed import CountAndSum, unpacked
from services.qa.integrity.signs import DRAFT, HASTY, UNISON

OPTIONS = ("cat", "dog", "bird")
WEIGHT = 0.9


def lessons_of(*answers: str) -> Lessons:
    ballots = [Ballot(f"a-{at}", f"w-{at}", answer) for at, answer in enumerate(answers)]
    weights = {ballot.assignment_id: WEIGHT for ballot in ballots}

    stands = tally(ballots, OPTIONS, weights).answer

    def rest(others: Sequence[Ballot[str]]) -> RestOfAll:
        outcome = tally(others, OPTIONS, weights)
        return RestOfAll(outcome.answer, outcome.probability)

    return unison_lessons(ballots, weights, (stands, len(OPTIONS)), rest)


def test_those_who_share_a_wrong_answer_are_taught_it() -> None:
    taught = lessons_of("cat", "cat", "cat", "dog", "dog")

    # Each of four others errs once in ten, and one of two wrong options is theirs.
    assert {worker: unpacked(one[UNISON]) for worker, one in taught.items()} == {
        "w-3": CountAndSum(1, 200),
        "w-4": CountAndSum(1, 200),
    }


def test_one_who_errs_alone_is_taught_what_chance_would_have_been() -> None:
    assert unpacked(lessons_of("cat", "cat", "bird")["w-2"][UNISON]) == CountAndSum(0, 100)


def test_where_others_are_not_sure_nothing_is_taught() -> None:
    assert lessons_of("cat", "dog") == {}
    assert lessons_of("cat", "cat", "cat") == {}
    assert lessons_of() == {}


def test_care_is_taught_only_with_a_lesson() -> None:
    care = {"w-1": hasty_lesson(900), "w-2": draft_lesson(left=True)}
    taught = with_care({"w-1": {"answers": 1}}, care)

    assert taught.keys() == {"w-1"}
    assert unpacked(taught["w-1"][HASTY]) == CountAndSum(1, 900)
    assert unpacked(draft_lesson(left=False)[DRAFT]) == CountAndSum(1, 0)
