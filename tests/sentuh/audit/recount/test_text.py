"""The recount of texts: what does not follow from the votes is told."""

from sentuh.audit.recount.text import RECOUNT
from shared.contracts.events.parts import OutputRef, Stopping
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.text import TextQuestion
from tests.support.builders import NOW, a_policy

QUESTION = TextQuestion()


def a_verdict(
    *texts: str, answer: str | None, probability: float, weight: float = 0.8
) -> VerdictReached:
    """Return a verdict on these texts, each of one author."""
    votes = tuple(
        Vote(
            assignment_id=f"a-{number}",
            worker_id=f"w-{number}",
            answer={"text": text},
            standing="counted",
            weight=weight,
        )
        for number, text in enumerate(texts)
    )
    said: Answer = None if answer is None else {"text": answer}
    return VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="mend",
        ref=OutputRef(source="/m", id="o-1"),
        by="people",
        answer=said,
        probability=probability,
        distribution={},
        stop_reason="confident",
        votes=votes,
        wanted=len(votes),
        created_at=NOW,
    )


def wrong(verdict: VerdictReached) -> list[str]:
    """Return what the recount finds wrong."""
    return [violation.detail for violation in RECOUNT.wrong(verdict, QUESTION)]


def test_a_text_that_all_wrote_follows() -> None:
    assert wrong(a_verdict("a", "a ", answer="a", probability=0.96)) == []


def test_another_text_or_probability_is_told() -> None:
    assert wrong(a_verdict("a", "a", "b", answer="b", probability=0.8))
    assert wrong(a_verdict("a", "a", answer="a", probability=0.9))
    assert wrong(a_verdict(answer="a", probability=0.0))
    assert wrong(a_verdict(answer=None, probability=0.0)) == []


def test_a_confident_verdict_has_one_text_and_is_as_sure_as_was_asked() -> None:
    policy = a_policy().model_copy(update={"asks": QUESTION, "stopping": Stopping(confidence=0.95)})
    for verdict, found in (
        (a_verdict("a", "a", answer="a", probability=0.96), 0),
        (a_verdict("a", "a", answer="a", probability=0.9), 1),
        (a_verdict("a", "b", answer="a", probability=0.96), 1),
    ):
        assert len(list(RECOUNT.too_early(verdict, policy))) == found
    assert RECOUNT.question_without_task(a_verdict("a", answer="a", probability=0.8)) is None
