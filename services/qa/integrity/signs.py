"""Computes the evidence for each sign: log likelihood ratios from a worker's counters.

Each compares a hypothesis of answers without care with one of care that is easy to meet, so that
who is weak, slow to agree, or fast is not taken for careless. While somebody takes care, such a
ratio reaches x with probability e**-x at most, however often it is looked at (Wald 1945; Ville
1939): with 6.9 in one worker of a thousand, as far as the hypotheses hold.
"""

from collections.abc import Iterator
from math import log
from typing import Literal, NamedTuple

from services.qa.agreement.reliability import Reliability
from services.qa.integrity.packed import CountAndSum, unpacked

SignName = Literal["guessing", "unison", "hasty", "draft_unread"]
UNISON, HASTY, DRAFT = "iu", "ih", "id"
"""Names of the packed counters of three signs; that of guessing needs none of its own."""
ANSWERS_MIN = 10
"""Fewer answers than these are evidence of nothing."""
CARE = 0.3
"""Whoever agrees by this much of the way from chance to always takes care: as a kappa it is what
Landis and Koch (1977) call fair. Somebody with half of it has evidence for them, not against."""
CHANCE_MAX = 0.98
SHARE_MIN = 0.01
TOGETHER = 2.0
"""People who take care err on the same tasks: together up to twice as often as by chance."""
COLLUDING = 4.0
"""Times as often as by chance share those their wrong answers who have them from one another."""
LEFT_WRONG, LEFT_WRONG_UNREAD = 0.5, 0.98
"""Share of wrong drafts that somebody leaves as they were who reads them (half of them: drafts lead
people), and who does not."""
_SAID, _LIKELY = "said:", "likely_milli:"
DIGITS = 4


class Sign(NamedTuple):
    """One sign: its evidence in nats, above 0 for careless answers, and the answers behind it."""

    name: SignName
    score: float
    answers: int


def signs_of(worker: Reliability) -> Iterator[Sign]:
    """Yield every sign of which there are enough answers, in the order of `SignName`."""
    chance = chance_of(worker)
    if worker.answers >= ANSWERS_MIN and chance is not None:
        agreed = CountAndSum(worker.answers, round(1000 * worker.agreed))
        yield _sign("guessing", agreed, _by_chance(agreed, chance))
    together = unpacked(worker.count(UNISON))
    if together.count and worker.answers >= ANSWERS_MIN:
        yield _sign("unison", together, _together(together))
    hasty = unpacked(worker.count(HASTY))
    if hasty.count >= ANSWERS_MIN and chance is not None:
        yield _sign("hasty", hasty, _by_chance(hasty, chance))
    drafts = unpacked(worker.count(DRAFT))
    if drafts.count >= ANSWERS_MIN:
        yield _sign("draft_unread", drafts, _left(drafts))


def chance_of(worker: Reliability) -> float | None:
    """Return how often others would agree with answers like theirs that look at nothing.

    It is the chance agreement of Cohen (1960): by option, how often they said it times how likely
    it was. So whoever says the most frequent option always is no better than chance. None where a
    kind of question counts no options.
    """
    likely = {
        name.removeprefix(_SAID): count * worker.count(_LIKELY + name.removeprefix(_SAID))
        for name, count in worker.counters.items()
        if name.startswith(_SAID)
    }
    if not likely or not worker.answers:
        return None
    return min(CHANCE_MAX, max(SHARE_MIN, sum(likely.values()) / 1000 / worker.answers**2))


def _sign(name: SignName, of: CountAndSum, score: float) -> Sign:
    return Sign(name, round(score, DIGITS), of.count)


def _by_chance(of: CountAndSum, chance: float) -> float:
    """Return the evidence that so many answers agree by chance, against that care was taken."""
    care = chance + CARE * (1 - chance)
    agreed = min(of.total, float(of.count))
    return agreed * log(chance / care) + (of.count - agreed) * log((1 - chance) / (1 - care))


def _together(of: CountAndSum) -> float:
    """Return the evidence that wrong answers were shared: of Poisson counts with a known mean.

    `of.count` is how often others had the same wrong answer, `of.total` how often by chance.
    """
    return of.count * log(COLLUDING / TOGETHER) - of.total * (COLLUDING - TOGETHER)


def _left(of: CountAndSum) -> float:
    """Return the evidence that drafts were not read, of `of.count` wrong ones `of.total` left."""
    left = min(of.total, float(of.count))
    read = log(LEFT_WRONG_UNREAD / LEFT_WRONG)
    return left * read + (of.count - left) * log((1 - LEFT_WRONG_UNREAD) / (1 - LEFT_WRONG))
