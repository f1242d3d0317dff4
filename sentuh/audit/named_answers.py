"""Finds the answers that a verdict names by digest, where all together did not fit its record."""

from collections.abc import Mapping

from sentuh.history.collect import History
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, digest_of


def with_answers(verdict: VerdictReached, history: History) -> VerdictReached | None:
    """Return the verdict with the answer in each vote; None where one is no longer kept.

    Example: of a verdict whose votes all hold their answers, the verdict itself.
    """
    if all(vote.digest is None for vote in verdict.votes):
        return verdict
    answers: Mapping[str, Answer] = {
        digest_of(published.event.answer): published.event.answer
        for published in history.by_task(AssignmentAnswered).get(verdict.task_id, ())
    }
    if any(vote.digest is not None and vote.digest not in answers for vote in verdict.votes):
        return None
    votes = tuple(
        vote
        if vote.digest is None
        else vote.model_copy(update={"answer": answers[vote.digest], "digest": None})
        for vote in verdict.votes
    )
    return verdict.model_copy(update={"votes": votes})


def names(vote: Vote, answer: Answer) -> bool:
    """Whether a vote names this answer, by itself or by its digest."""
    return vote.answer == answer if vote.digest is None else vote.digest == digest_of(answer)


def not_recomputable(history: History) -> int:
    """Count the verdicts whose answers are no longer kept: they are neither right nor wrong."""
    verdicts = history.verdicts.values()
    return sum(with_answers(verdict, history) is None for verdict in verdicts)
