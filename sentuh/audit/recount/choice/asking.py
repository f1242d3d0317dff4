"""When asking on a choice ends, recomputed from the verdict alone, independently of qa.

The definition it follows, of the two most probable options and the answers that may still be asked
for. Settled: all of these for the second, from typical people, would not make it as probable. Where
answers have a price also: split, people are divided for good; worthless, one more answer promises
less than its price; attainable, the best people could still make the first probable enough.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import exp, factorial, log, prod, sqrt

from sentuh.audit.recount.choice.curve import on_curve
from sentuh.audit.recount.terms import counted
from shared.contracts.events.parts import Answers
from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import VerdictReached, Vote

DAMPING, AMBIGUOUS = 0.7, 0.1
RELIABLE_MAX, SHARE_MIN = 0.97, 1e-6
SPLIT, SPLIT_FOR_SURE, SIDE_MIN = 0.5, 0.9, 2
AHEAD = 4
EXPONENT_MAX = 500.0
NEAR = 1e-7
"""Two numbers so near to each other may be compared either way: these are other computations."""

Truth = frozenset[bool]
"""Whether one number is at least another: one answer, or both where they are too near to say."""


@dataclass(frozen=True, slots=True)
class AnswersSoFar:
    """What decides on the next answer: the counted votes, and all that was used beside them.

    unspent: how many more answers the task could take. sure: the stated probability.
    """

    votes: Sequence[Vote]
    shares: Mapping[str, float]
    used: Used
    unspent: int
    sure: float
    goal: float

    @property
    def damping(self) -> float:
        """The factor of all evidence."""
        return DAMPING if self.used.damping is None else self.used.damping

    @property
    def leading(self) -> tuple[float, float]:
        """The probabilities of the two most probable options."""
        first, second = sorted([*self.shares.values(), 0.0])[-1:-3:-1]
        return max(first, SHARE_MIN), max(second, SHARE_MIN)

    def evidence(self, weight: float) -> float:
        """Return the log odds that a vote of this weight adds, before any damping."""
        options = len(self.shares)
        bounded = min(0.9999, max(0.0001, weight))
        return log(bounded * (options - 1) / (1 - bounded))

    def clamped(self, reliability: float) -> float:
        """Return a reliability that is no worse than chance, and not beyond doubt."""
        return min(RELIABLE_MAX, max(1 / len(self.shares), reliability))


def reasons(verdict: VerdictReached, used: Used, answers: Answers, goal: float) -> frozenset[str]:
    """Return why asking may have ended there, `one more` among them where it may not have.

    Several only where two numbers are too near to each other to say which is more.
    """
    votes = [vote for vote in counted(verdict) if vote.weight is not None]
    asked = AnswersSoFar(votes, verdict.distribution, used, answers.max - verdict.wanted,
                  verdict.probability, goal)  # fmt: skip
    if verdict.wanted < answers.min:
        return frozenset({"one more"})
    if verdict.answer is None:
        return frozenset({"one more" if asked.unspent > 0 else "budget"})
    return frozenset(_reasons(asked))


def _reasons(asked: AnswersSoFar) -> Iterator[str]:
    reached = asked.sure >= asked.goal
    for settled in [False] if asked.unspent <= 0 else _settled(asked):
        plain = "confident" if reached else "budget"
        if not reached and asked.unspent > 0 and not settled:
            plain = "one more"
        if asked.used.price is None:
            yield plain
        else:
            yield from _priced(asked, plain, asked.used.price)


def _priced(asked: AnswersSoFar, plain: str, price: float) -> Iterator[str]:
    split = split_of(asked)
    stays = _stays(asked, plain, split, price=price)
    if True in stays:
        yield plain
    if False in stays:
        yield from _ended(asked, split)


def _stays(asked: AnswersSoFar, plain: str, split: float, *, price: float) -> Truth:
    """Return whether what would hold without a price holds with one."""
    if plain == "confident":
        return _not(_at_least(split, SPLIT))
    if plain == "budget":
        return frozenset({False})
    worth_it = _at_least((1 - split) * gain_of(asked), price)
    return _both(_not(_at_least(split, SPLIT_FOR_SURE)), worth_it)


def _ended(asked: AnswersSoFar, split: float) -> Iterator[str]:
    divided = _at_least(split, SPLIT)
    if True in divided:
        yield "ambiguous"
    if False in divided:
        attainable = frozenset({True}) if asked.unspent <= 0 else _attainable(asked)
        yield from ("budget" if one else "futile" for one in attainable)


def _settled(asked: AnswersSoFar) -> Truth:
    if len(asked.shares) < 2:
        return frozenset({False})
    first, second = asked.leading
    step = asked.damping * asked.evidence(asked.clamped(asked.used.typical))
    return _not(_at_least(asked.unspent * step, log(first / second)))


def _at_least(one: float, other: float) -> Truth:
    if abs(one - other) <= NEAR * max(1.0, abs(other)):
        return frozenset({True, False})
    return frozenset({one > other})


def _not(truth: Truth) -> Truth:
    return frozenset(not one for one in truth)


def _both(one: Truth, other: Truth) -> Truth:
    return frozenset(left and right for left in one for right in other)


def split_of(asked: AnswersSoFar) -> float:
    """Return the probability that people are divided between the two options most voted for.

    Either one of both is right, and its voters right as often as they are weighed; or both are, and
    taste decides, of which a share between 0 and 1 has any chance as Beta(2, 2) has it.
    """
    counts = Counter(str(vote.answer) for vote in asked.votes)
    pair = sorted(counts, key=lambda option: (-counts[option], option))[:2]
    if len(pair) < 2 or counts[pair[1]] < SIDE_MIN:
        return 0.0
    others = max(1, len(asked.shares) - 1)
    sides = [[_weight(vote) for vote in asked.votes if vote.answer == option] for option in pair]
    few, many = sorted(map(len, sides))
    taste = log(Fraction(6 * factorial(few + 1) * factorial(many + 1), factorial(few + many + 3)))
    # Divided through by the larger of the two: a product of a hundred chances is a small number.
    one, other = (
        sum(map(log, right)) + sum(log((1 - w) / others) for w in wrong)
        for right, wrong in (sides, sides[::-1])
    )
    both = taste + sum(log(w + (1 - w) / others) for side in sides for w in side)
    share = AMBIGUOUS if asked.used.ambiguous is None else asked.used.ambiguous
    one_right = (exp(one - max(one, other)) + exp(other - max(one, other))) / 2
    odds = share / (1 - share) * exp(min(50.0, both - max(one, other) - log(one_right)))
    return odds / (1 + odds)


def _weight(vote: Vote) -> float:
    return min(0.9999, max(0.0001, vote.weight or 0.0))


def gain_of(asked: AnswersSoFar) -> float:
    """Return by how much one more answer may raise the chance of being right: the best mean of one
    to four, each series of which that overturns the first option counts.
    """
    people = asked.used.spread or ((asked.used.typical, 1.0),)
    return max(
        sum(share * _of_series(asked, weight, answers) for weight, share in people) / answers
        for answers in range(1, AHEAD + 1)
        if answers <= max(1, asked.unspent)
    )


def _of_series(asked: AnswersSoFar, weight: float, answers: int) -> float:
    """Return what so many answers of people of this weight promise, over all series of them."""
    first, second = asked.leading
    options = len(asked.shares)
    worth = asked.evidence(asked.clamped(weight))
    odds = exp(sqrt(asked.damping) * worth)
    right = odds / (odds + options - 1)
    wrong = (1 - right) / max(1, options - 1)
    gain = 0.0
    for for_second in product((True, False), repeat=answers):
        lead = sum(1 if one else -1 for one in for_second)
        if lead > 0 and lead * asked.damping * worth > log(first / second):
            by = [(right, wrong) if one else (wrong, right) for one in for_second]
            gain += second * prod(r for r, _ in by) - first * prod(w for _, w in by)
    return gain


def _attainable(asked: AnswersSoFar) -> Truth:
    best = max((weight for weight, _ in asked.used.spread), default=asked.used.typical)
    raw = max(asked.shares.values())
    more = asked.unspent * asked.damping * asked.evidence(asked.clamped(best))
    top = raw * exp(min(EXPONENT_MAX, more))
    return _at_least(on_curve(top / (top + 1 - raw), asked.used), asked.goal)
