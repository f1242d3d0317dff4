"""The audit's recomputation agrees with qa's own agreement, which it does not use."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sentuh.audit.recount.choice import TOLERANCE, leader, posterior
from services.qa.agreement.choice import tally
from services.qa.agreement.choice.learned import NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.rules import DAMPINGS
from services.qa.agreement.terms import Ballot
from shared.contracts.events.verdicts import Vote

OPTIONS = ("a", "b", "c", "d")
answers = st.lists(
    st.tuples(st.sampled_from((*OPTIONS, "none of them")), st.floats(0, 1)), max_size=20
)


learned = st.builds(
    lambda damping, shares: LearnedAgreement(
        damping=damping, prior=dict(zip(OPTIONS, shares, strict=True)) if shares else None
    ),
    st.sampled_from(DAMPINGS),
    st.none() | st.lists(st.floats(0.001, 1), min_size=len(OPTIONS), max_size=len(OPTIONS)),
)


@given(answers, st.integers(1, len(OPTIONS)), st.just(NOTHING_LEARNED) | learned)
def test_both_give_the_same_posterior_and_answer(
    weighted_answers: list[tuple[str, float]], count: int, used: LearnedAgreement
) -> None:
    options = OPTIONS[:count]
    ids = [f"a-{number}" for number in range(len(weighted_answers))]
    ballots = [
        Ballot(id_, "w", answer) for id_, (answer, _) in zip(ids, weighted_answers, strict=True)
    ]
    weights = {id_: weight for id_, (_, weight) in zip(ids, weighted_answers, strict=True)}

    theirs = tally(ballots, options, weights, used)
    votes = [a_vote(ballot, weights) for ballot in ballots if ballot.answer in options]
    ours = posterior(
        votes,
        options,
        damping=Decimal(repr(used.damping)),
        prior={option: Decimal(repr(p)) for option, p in (used.prior or {}).items()},
    )

    for option in options:
        assert abs(float(ours[option]) - theirs.distribution[option]) <= float(TOLERANCE)
    assert leader(votes, theirs.distribution) == theirs.answer


def a_vote(ballot: Ballot[str], weights: dict[str, float]) -> Vote:
    return Vote(
        assignment_id=ballot.assignment_id,
        worker_id=ballot.worker_id,
        answer=ballot.answer,
        standing="counted",
        weight=weights[ballot.assignment_id],
    )
