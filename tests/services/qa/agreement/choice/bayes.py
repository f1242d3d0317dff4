"""A second tally, the slow way: Bayes' rule over every option as the hypothesis, in exponents."""

from collections.abc import Mapping, Sequence

from services.qa.agreement.terms import Ballot

DAMPING = 0.7


def distribution(
    ballots: Sequence[Ballot[str]], options: Sequence[str], weights: Mapping[str, float]
) -> dict[str, float]:
    """Multiply each option's prior by the damped likelihood of every answer, then normalise."""
    joint = dict.fromkeys(options, 1 / len(options))
    for truth in options:
        for ballot in ballots:
            right = weights[ballot.assignment_id]
            wrong = (1 - right) / (len(options) - 1)
            joint[truth] *= (right if ballot.answer == truth else wrong) ** DAMPING
    whole = sum(joint.values())
    return {option: p / whole for option, p in joint.items()}
