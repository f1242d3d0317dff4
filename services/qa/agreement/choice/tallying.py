"""Computes the probability of every option from the counted answers and their weights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log

from services.qa.agreement.choice.learned import NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.evidence import DIGITS, evidence
from services.qa.agreement.terms import Ballot


@dataclass(frozen=True, slots=True)
class Tally:
    """The result of the counted answers (ballots) to a question with options.

    distribution: the probability of each option, rounded to 6 digits. answer: the most probable
    one, None without a valid ballot; of equals the one on the ballot with the lowest assignment id
    (these are hashes, so no option is favoured), then the first listed. probability: that of the
    answer. evidence: each valid ballot's own log likelihood ratio, by assignment id. votes: its
    option, likewise. detail: none, the distribution says it all.
    Example: two ballots for `cat` and none for `dog`: `answer` is `cat`.
    """

    distribution: Mapping[str, float]
    answer: str | None
    probability: float
    evidence: Mapping[str, float]
    votes: Mapping[str, str]
    detail: None = None


def tally(
    ballots: Iterable[Ballot[str]],
    options: Sequence[str],
    weights: Mapping[str, float],
    learned: LearnedAgreement = NOTHING_LEARNED,
) -> Tally:
    """Return the probability of each option; before the first answer that is the learned prior.

    `weights` is the reliability with which each ballot (counted answer) counts, by assignment id. A
    ballot for no option or without a weight is left out. Evidence (log likelihood ratios) is
    multiplied by the learned damping, since workers err on the same tasks. The order of ballots
    makes no difference, not even in the last bit.
    Example: no ballot at all gives every option the same probability.
    """
    valid = [b for b in ballots if b.answer in options and b.assignment_id in weights]
    worth = {b.assignment_id: evidence(weights[b.assignment_id], len(options)) for b in valid}
    sums = sums_by_option(valid, options, worth)
    shares = posterior(sums, learned.damping, learned.prior)
    rounded = {p: round(p, DIGITS) for p in set(shares.values())}
    distribution = {option: rounded[p] for option, p in shares.items()}
    probability = max(distribution.values(), default=0.0)
    votes = {b.assignment_id: b.answer for b in valid}
    return Tally(distribution, _leader(valid, distribution), probability, worth, votes)


def sums_by_option(
    ballots: Iterable[Ballot[str]], options: Sequence[str], worth: Mapping[str, float]
) -> dict[str, float]:
    """Return the sum of the evidence for each option, the same in any order of the ballots.

    A ballot is a counted answer. `worth` is each one's evidence (log likelihood ratio) by
    assignment id.
    """
    parts: dict[str, list[float]] = {option: [] for option in options}
    for ballot in ballots:
        parts[ballot.answer].append(worth[ballot.assignment_id])
    return {option: fsum(terms) for option, terms in parts.items()}


def posterior(
    sums: Mapping[str, float], factor: float, prior: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the probability of each option from its sum of evidence, multiplied by `factor`.

    Before the evidence all options are equally probable, or as probable as `prior` says.
    """
    if prior is not None:
        sums = {option: factor * total + log(prior[option]) for option, total in sums.items()}
        factor = 1.0
    top = max(sums.values(), default=0.0)
    # Of hundreds of options nearly all have the same sum: each is computed once.
    odds = {total: exp(factor * (total - top)) for total in set(sums.values())}
    whole = fsum(odds[total] for total in sums.values())
    shares = {total: o / whole for total, o in odds.items()}
    return {option: shares[total] for option, total in sums.items()}


def _leader(ballots: Sequence[Ballot[str]], distribution: Mapping[str, float]) -> str | None:
    if not ballots:
        return None
    top = max(distribution.values())
    tied = [option for option, p in distribution.items() if p == top]
    named = [b.answer for b in sorted(ballots, key=lambda b: b.assignment_id) if b.answer in tied]
    return (named or tied)[0]
