"""When asking on a choice ends: the audit comes to what qa comes to, by other computations."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sentuh.audit.recount.choice.asking import reasons
from sentuh.audit.recount.choice.curve import on_curve
from services.qa.agreement.calibration import corrected
from services.qa.agreement.choice.learned import LearnedAgreement
from services.qa.agreement.choice.learner import used_of
from services.qa.agreement.choice.stopping import stop
from services.qa.agreement.choice.tallying import tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Stop
from shared.contracts.events.parts import Answers
from shared.contracts.events.verdicts import VerdictReached, Vote
from tests.sentuh.audit.journals import a_verdict

OPTIONS = ("cat", "dog", "emu", "fox")
WEIGHTS = st.floats(0.05, 0.97).map(lambda weight: round(weight, 6))
SHARES = st.floats(0.01, 0.99).map(lambda share: round(share, 6))
CURVES = st.lists(SHARES, min_size=2, max_size=6, unique=True).map(
    lambda points: tuple(zip(sorted(points), sorted(1 - point for point in points), strict=True))
)
LEARNED = st.builds(
    LearnedAgreement,
    damping=st.sampled_from((0.2, 0.7, 1.0)),
    curve=st.just(()) | CURVES,
    spread=st.just(()) | st.just(((0.6, 0.5), (0.9, 0.5))),
    price=st.sampled_from((0.0, 0.0005, 0.01, 0.1)),
    ambiguous=SHARES,
)
ANSWERS = st.lists(st.tuples(st.sampled_from(OPTIONS), WEIGHTS), max_size=9)
TYPICAL, GOAL = 0.8, 0.9


@settings(max_examples=300)
@given(ANSWERS, st.integers(2, 4), st.integers(0, 4), LEARNED)
def test_both_end_for_the_same_reason(
    weighted: list[tuple[str, float]], count: int, left: int, learned: LearnedAgreement
) -> None:
    options = OPTIONS[:count]
    given_answers = [(answer, weight) for answer, weight in weighted if answer in options]
    wanted = AnswersWanted(1, max(1, len(given_answers) + left), GOAL)
    verdict, ending = judged(given_answers, options, wanted, learned=learned)

    expected = reasons(
        verdict, used_of(learned, TYPICAL), Answers(min=wanted.min, max=wanted.max), wanted.goal
    )

    said = "one more" if isinstance(ending, AskOneMore) else type(ending).__name__.lower()
    assert said in expected
    assert len(expected) == 1 or said in expected - {"one more"}


@given(SHARES, CURVES)
def test_both_read_the_same_off_a_curve(
    probability: float, curve: tuple[tuple[float, float], ...]
) -> None:
    used = used_of(LearnedAgreement(curve=curve), TYPICAL)

    for at in (probability, *(stated for stated, _ in curve)):
        assert abs(on_curve(at, used) - corrected(at, curve)) <= 2e-6


def judged(
    given_answers: list[tuple[str, float]],
    options: tuple[str, ...],
    wanted: AnswersWanted,
    *,
    learned: LearnedAgreement,
) -> tuple[VerdictReached, Stop]:
    """Return what qa makes of these answers with their weights, as a verdict, and how it ends."""
    ballots = [Ballot(f"a-{n}", f"w-{n}", said) for n, (said, _) in enumerate(given_answers)]
    weights = {f"a-{n}": weight for n, (_, weight) in enumerate(given_answers)}
    outcome = tally(ballots, options, weights, learned)
    votes = tuple(
        Vote(
            assignment_id=ballot.assignment_id,
            worker_id=ballot.worker_id,
            answer=ballot.answer,
            standing="counted",
            weight=weights[ballot.assignment_id],
        )
        for ballot in ballots
    )
    stated = 0.0 if outcome.answer is None else corrected(outcome.probability, learned.curve)
    said = {
        "answer": outcome.answer,
        "probability": stated,
        "distribution": dict(outcome.distribution),
        "votes": votes,
        "wanted": len(ballots),
    }
    ending = stop(outcome, len(ballots), wanted, TYPICAL, learned)
    return a_verdict([]).model_copy(update=said), ending
