"""Agreement on texts: the same text is strong evidence, different ones are for others to rank."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sentuh.audit.recount.text import RECOUNT
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Budget, Confident
from services.qa.agreement.text import AGREEMENT, WrittenTexts, lessons, stop, tally, weigh
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.text import TextQuestion
from tests.support.builders import NOW

QUESTION = TextQuestion()
WANTED = AnswersWanted(2, 3, 0.9)


def ballots_of(*texts: str) -> list[Ballot[Answer]]:
    """Return the ballots of w-0, w-1, ..."""
    return [
        Ballot(f"a-{number}", f"w-{number}", {"text": text}) for number, text in enumerate(texts)
    ]


def tallied(*texts: str, weight: float = 0.8) -> WrittenTexts:
    """Return what these texts come to."""
    ballots = ballots_of(*texts)
    return tally(ballots, QUESTION, {one.assignment_id: weight for one in ballots})


written = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0.01, 0.97)), min_size=1, max_size=7
)


def test_two_who_wrote_the_same_are_nearly_sure() -> None:
    both = tallied("a", "a")

    assert (both.answer, both.probability, both.distinct) == ({"text": "a"}, 0.96, 1)
    assert isinstance(stop(both, 2, WANTED, 0.8), Confident)
    assert lessons(both, ballots_of("a", "a"))["w-1"] == {"answers": 1, "agreed_milli": 1000}


def test_different_texts_are_for_a_second_stage() -> None:
    texts = tallied("a", "b")

    assert stop(texts, 2, WANTED, 0.8) == Budget(1)
    assert lessons(texts, ballots_of("a", "b")) == {}


def test_one_text_alone_is_taken_without_being_sure() -> None:
    assert stop(tallied("a"), 1, AnswersWanted(1, 1, 0.9), 0.8) == Budget(0)
    assert isinstance(stop(tallied("a"), 1, WANTED, 0.8), AskOneMore)
    assert lessons(tallied("a"), ballots_of("a")) == {}


def test_without_any_text_there_is_no_answer() -> None:
    assert tallied().answer is None
    assert tallied().probability == 0.0


def test_a_new_author_weighs_what_all_do() -> None:
    assert weigh({"text": "a"}, QUESTION, Reliability(), Population()) == 0.82
    assert AGREEMENT.nearness is None


@given(written, st.randoms(use_true_random=False))
def test_the_order_of_answers_makes_no_difference(
    texts: list[tuple[str, float]], seed: Random
) -> None:
    ballots = ballots_of(*[text for text, _ in texts])
    weights = {f"a-{number}": weight for number, (_, weight) in enumerate(texts)}
    shuffled = list(ballots)
    seed.shuffle(shuffled)

    assert tally(shuffled, QUESTION, weights) == tally(ballots, QUESTION, weights)


@given(written, st.floats(0.01, 0.97))
def test_one_more_agreeing_answer_never_lowers_the_winner(
    texts: list[tuple[str, float]], weight: float
) -> None:
    weights = {f"a-{number}": weight for number, (_, weight) in enumerate(texts)}
    ballots = ballots_of(*[text for text, _ in texts])
    before = tally(ballots, QUESTION, weights)
    more = Ballot("a-9", "w-9", before.answer)
    after = tally([*ballots, more], QUESTION, {**weights, "a-9": weight})

    assert after.answer == before.answer
    assert after.probability >= before.probability


@given(written)
def test_the_recount_is_equal(texts: list[tuple[str, float]]) -> None:
    ballots = ballots_of(*[text for text, _ in texts])
    weights = {f"a-{number}": round(weight, 6) for number, (_, weight) in enumerate(texts)}
    outcome = tally(ballots, QUESTION, weights)
    verdict = VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="mend",
        ref=OutputRef(source="/m", id="o-1"),
        by="people",
        answer=outcome.answer,
        probability=outcome.probability,
        distribution={},
        stop_reason="budget",
        votes=tuple(
            Vote(
                assignment_id=one.assignment_id,
                worker_id=one.worker_id,
                answer=one.answer,
                standing="counted",
                weight=weights[one.assignment_id],
            )
            for one in ballots
        ),
        wanted=len(ballots),
        created_at=NOW,
    )

    assert list(RECOUNT.wrong(verdict, QUESTION)) == []
    changed = verdict.model_copy(update={"answer": {"text": "z"}})
    assert list(RECOUNT.wrong(changed, QUESTION))
