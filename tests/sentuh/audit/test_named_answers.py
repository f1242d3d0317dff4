"""Votes that name their answers by digest get them back, or are not judged."""

from sentuh.audit.named_answers import names, not_recomputable, with_answers
from sentuh.history.collect import History, PublishedEvent
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, digest_of
from shared.contracts.topics import Names
from tests.support.builders import NOW, a_ref, an_answer

SAID: dict[str, Answer] = {"w-1": {"text": "kata"}, "w-2": {"text": "kita"}}


def a_verdict() -> VerdictReached:
    votes = tuple(
        Vote(
            assignment_id=f"a-t-1-{worker}",
            worker_id=worker,
            standing="counted",
            digest=digest_of(answer),
        )
        for worker, answer in SAID.items()
    )
    return VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="speech",
        ref=a_ref(),
        by="people",
        probability=0.9,
        distribution={},
        stop_reason="budget",
        votes=votes,
        created_at=NOW,
    )


def a_history(*workers: str) -> History:
    """A history with the verdict and the answers of these workers."""
    history = History(Names())
    for at, worker in enumerate(workers):
        event = an_answer(worker).model_copy(update={"answer": SAID[worker]})
        published = PublishedEvent(event, worker, ("assignments", 0, at), 0)
        history.events[AssignmentAnswered].append(published)  # type: ignore[arg-type]
    verdict = PublishedEvent(a_verdict(), "v", ("verdicts", 0, 0), 0)
    history.events[VerdictReached].append(verdict)  # type: ignore[arg-type]
    return history


def test_votes_get_the_answers_that_their_digests_name() -> None:
    whole = with_answers(a_verdict(), a_history("w-1", "w-2"))

    assert whole is not None
    assert [vote.answer for vote in whole.votes] == list(SAID.values())
    assert not_recomputable(a_history("w-1", "w-2")) == 0


def test_a_verdict_whose_answers_are_gone_is_counted_and_not_judged() -> None:
    assert with_answers(a_verdict(), a_history("w-1")) is None
    assert not_recomputable(a_history("w-1")) == 1


def test_a_vote_names_an_answer_by_itself_or_by_its_digest() -> None:
    first, second = a_verdict().votes

    assert names(first, SAID["w-1"])
    assert not names(second, SAID["w-1"])
