"""Verdicts of qa's own agreement, of which explanations must add up by other code."""

from collections.abc import Mapping, Sequence
from typing import Any

from sentuh.explain.by_kind import explaining
from sentuh.explain.changing import LAST, CountedAgain, changes
from sentuh.explain.explaining import TOLERANCE
from sentuh.explain.explanation import OtherVerdict
from services.qa.agreement import agreement_on
from services.qa.agreement.terms import AgreedAnswer, Ballot, Draft
from shared.contracts.events.verdicts import JudgedDraft, VerdictReached, Vote
from shared.contracts.question import Answer, Question
from tests.support.builders import NOW, a_ref

Weights = Mapping[str, float]
UNSPENT = 2


def a_recount(
    question: Question,
    ballots: Sequence[Ballot[Any]],
    weights: Weights,
    draft: Draft[Any] | None = None,
) -> CountedAgain:
    """The verdict that qa reaches on these, with what an explanation counts again."""
    outcome = _tally(question, ballots, weights, draft)
    fitting = [one for one in ballots if question.problem_with(one.answer) is None]
    votes = tuple(a_vote(one, weights) for one in fitting)
    verdict = VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="type",
        ref=a_ref(),
        by="people",
        answer=outcome.answer,
        probability=outcome.probability,
        distribution=dict(outcome.distribution),
        detail=outcome.detail,
        stop_reason="budget",
        votes=votes,
        created_at=NOW,
        draft=draft
        if draft is None
        else JudgedDraft(author="*m@1", answer=draft.answer, weight=draft.weight),
    )
    in_order = tuple(sorted(votes, key=lambda vote: vote.assignment_id))
    return CountedAgain(verdict, question, in_order, explaining(question))


def a_vote(ballot: Ballot[Any], weights: Weights) -> Vote:
    return Vote(
        assignment_id=ballot.assignment_id,
        worker_id=ballot.worker_id,
        answer=ballot.answer,
        standing="counted",
        weight=weights[ballot.assignment_id],
        drafted=ballot.drafted,
    )


def assert_adds_up(
    recount: CountedAgain, draft: Draft[Any] | None = None
) -> Sequence[OtherVerdict]:
    """Hold an explanation to its verdict and, by qa's own agreement, to what it names as changes.

    The recounted number is the verdict's. What flips it as told is tallied again by qa: votes left
    out, votes that say another answer, and further answers.
    """
    verdict, made = recount.verdict, recount.made(recount.votes)
    if verdict.answer is None:
        assert made is None
        return ()
    assert made is not None
    assert abs(made.probability - verdict.probability) <= TOLERANCE
    assert not recount.flips(made)
    assert made.stays is None or abs(made.stays - verdict.probability) <= TOLERANCE
    told = changes(recount, UNSPENT)
    for change in told:
        outcome, makes = _after(change, recount, draft), change.makes
        assert makes is not None
        assert abs(makes.probability - outcome.probability) <= TOLERANCE
        if makes.stays is None or abs(makes.stays - makes.probability) > TOLERANCE:
            same = recount.explaining.same(verdict, recount.question, outcome.answer)
            assert same is not change.flips, change
    return told


def _after(change: OtherVerdict, recount: CountedAgain, draft: Draft[Any] | None) -> AgreedAnswer:
    """Tally what a change names, by qa's own agreement."""
    ballots, weights = [], {}
    for vote in recount.votes:
        named = vote.assignment_id in change.assignments
        if named and change.how == "left_out":
            continue
        answer = change.answer if named else vote.answer
        name = vote.assignment_id
        ballots.append(Ballot(name, vote.worker_id, answer, bool(vote.drafted)))
        weights[name] = vote.weight or 0.0
    if change.how == "further":
        for at in range(change.number):
            ballots.append(Ballot(f"{LAST}{at}", f"{LAST}{at}", change.answer))
            weights[f"{LAST}{at}"] = max(weights[vote.assignment_id] for vote in recount.votes)
    return _tally(recount.question, ballots, weights, draft)


def _tally(
    question: Question,
    ballots: Sequence[Ballot[Any]],
    weights: Weights,
    draft: Draft[Any] | None,
) -> AgreedAnswer:
    fitting: list[Ballot[Answer]] = [
        Ballot(one.assignment_id, one.worker_id, question.canonical(one.answer), one.drafted)
        for one in ballots
        if question.problem_with(one.answer) is None
    ]
    return agreement_on(question).tally(fitting, question, weights, draft)
