"""A verdict always fits its record."""

from services.qa.sizes import VERDICT_BYTES_MAX, fitting
from shared.contracts.envelope import json_of
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, digest_of
from tests.support.builders import NOW, a_ref


def a_verdict(*, answers: int, characters: int, distribution: int = 0) -> VerdictReached:
    texts: list[Answer] = [{"text": f"{at} " + "x" * characters} for at in range(answers)]
    votes = tuple(
        Vote(assignment_id=f"a-{at}", worker_id=f"w-{at}", answer=text, standing="counted")
        for at, text in enumerate(texts)
    )
    return VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="speech",
        ref=a_ref(),
        by="people",
        answer=texts[0],
        probability=0.9,
        distribution={f"{at} " + "y" * 1000: 0.001 for at in range(distribution)},
        stop_reason="confident",
        votes=votes,
        created_at=NOW,
        kind="transcript",
    )


def test_a_verdict_that_fits_stays_as_it_is() -> None:
    verdict = a_verdict(answers=7, characters=20_000)

    assert fitting(verdict) == verdict


def test_votes_that_do_not_fit_name_their_answers_by_digest() -> None:
    verdict = a_verdict(answers=50, characters=30_000)
    fits = fitting(verdict)

    assert len(json_of(fits)) <= VERDICT_BYTES_MAX < len(json_of(verdict))
    assert fits.answer == verdict.answer
    assert [vote.answer for vote in fits.votes] == [None] * 50
    assert [vote.digest for vote in fits.votes] == [
        digest_of(vote.answer) for vote in verdict.votes
    ]
    assert [vote.worker_id for vote in fits.votes] == [vote.worker_id for vote in verdict.votes]


def test_a_distribution_that_does_not_fit_is_left_out() -> None:
    fits = fitting(a_verdict(answers=3, characters=10, distribution=700))

    assert fits.distribution == {}
    assert len(json_of(fits)) <= VERDICT_BYTES_MAX
