"""Lets what the model itself answered make people's answer surer, or less sure."""

from dataclasses import replace
from math import exp, fsum

from services.qa.agreement.choice.learned import NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.tallying import Tally, posterior
from services.qa.agreement.evidence import DIGITS, evidence
from services.qa.agreement.terms import Draft


def witnessed(alone: Tally, own: Draft[str], learned: LearnedAgreement = NOTHING_LEARNED) -> Tally:
    """Return the result with the model's own answer beside people's, which `alone` is without.

    Its option's odds are multiplied as by a worker of its weight, damped as theirs, but it only
    ever adds to them, and never lifts another option above people's answer: that stays, and may
    become as improbable as an equal of the other. So it decides nothing by itself, and no tie.
    Without an answer of people it counts nothing. `learned` is what they were counted with.
    Example: two of two say `cat`, each of weight 0.82, and so does the model: .89 becomes .96.
    """
    if alone.answer is None or own.answer not in alone.distribution:
        return alone
    times = exp(learned.damping * max(0.0, evidence(own.weight, len(alone.distribution))))
    shares = _exact(alone, learned)
    lifted = shares[own.answer] * times
    shares[own.answer] = lifted if own.answer == alone.answer else min(shares[alone.answer], lifted)
    whole = fsum(shares.values())
    distribution = {option: round(share / whole, DIGITS) for option, share in shares.items()}
    return replace(alone, distribution=distribution, probability=distribution[alone.answer])


def _exact(alone: Tally, learned: LearnedAgreement) -> dict[str, float]:
    """Return people's distribution before it was rounded, from each one's evidence."""
    parts: dict[str, list[float]] = {option: [] for option in alone.distribution}
    for assignment_id, option in alone.votes.items():
        parts[option].append(alone.evidence[assignment_id])
    sums = {option: fsum(terms) for option, terms in parts.items()}
    return posterior(sums, learned.damping, learned.prior)
