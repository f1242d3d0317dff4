"""Verdicts on a choice recomputed from their recorded votes and weights, independently of qa.

The definition it follows: a vote of weight w for one of K options multiplies that option's odds
against each other one by w (K - 1) / (1 - w); the product over the counted votes, raised to the
power DAMPING, is what equal chances become. Weights are kept between WEIGHT_MIN and WEIGHT_MAX.
Where gold tasks have taught a damping or a prior of a task type, these stand in place of both.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.recount.choice.asking import reasons
from sentuh.audit.recount.choice.curve import on_curve
from sentuh.audit.recount.terms import Recount, counted
from sentuh.audit.recount.witness import witnessed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.choice import ChoiceQuestion

DAMPING = Decimal("0.7")
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.0001"), Decimal("0.9999")
DIGITS = 6
SHARPENING = Decimal(3)
"""What a model is compared with is people's posterior without damping, to this power."""
TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""
CURVE_TOLERANCE, PRICE_TOLERANCE = 2e-6, 1e-8


def posterior(
    votes: Sequence[Vote],
    options: Sequence[str],
    *,
    damping: Decimal = DAMPING,
    prior: Mapping[str, Decimal] | None = None,
) -> dict[str, Decimal]:
    """Return the probability of each option; votes for none, or without a weight, say nothing.

    `prior` is the probability of each before any vote; without it all are equal.
    """
    with localcontext() as context:
        context.prec = 50
        odds = dict.fromkeys(options, Decimal(1))
        for vote in votes:
            if not isinstance(vote.answer, str) or vote.answer not in odds:
                continue
            if vote.weight is not None and len(options) > 1:
                weight = min(WEIGHT_MAX, max(WEIGHT_MIN, Decimal(repr(vote.weight))))
                odds[vote.answer] *= weight * (len(options) - 1) / (1 - weight)
        damped = {
            option: product**damping * (prior[option] if prior else 1)
            for option, product in odds.items()
        }
        whole = sum(damped.values(), Decimal(0))
        return {option: share / whole for option, share in damped.items()}


def leader(votes: Sequence[Vote], distribution: Mapping[str, float]) -> Answer:
    """Return the most probable option; of equals that of the lowest assignment id, or the first."""
    if not votes or not distribution:
        return None
    top = max(distribution.values())
    tied = [option for option, share in distribution.items() if share == top]
    by_id = sorted(votes, key=lambda vote: vote.assignment_id)
    return next((vote.answer for vote in by_id if vote.answer in tied), tied[0])


def _wrong(verdict: VerdictReached, question: ChoiceQuestion) -> Iterator[Violation]:
    options = question.options
    valid = [vote for vote in counted(verdict) if vote.answer in options]
    unweighed = [vote.assignment_id for vote in valid if vote.weight is None]
    if unweighed:
        yield Violation(f"{verdict.task_id} {' '.join(unweighed)}", "counted without a weight")
        return
    if not valid:
        if verdict.answer is not None:
            yield Violation(verdict.task_id, f"answer {verdict.answer} without any valid vote")
        return
    if verdict.used is not None and not _covers(verdict.used.prior, options):
        yield Violation(verdict.task_id, "used a prior that is not over the task's options")
        return
    shares, own = expected_shares(valid, options, verdict.used), verdict.witness
    if own is None or own.weight is None:
        expected = leader(valid, verdict.distribution)
    else:
        alone = {option: float(round(share, DIGITS)) for option, share in shares.items()}
        expected = leader(valid, alone)
        if is_tied(alone):
            fault = "its model counts where people alone name no one answer"
            yield Violation(verdict.task_id, fault)
    yield from _lesson_of_model(verdict, valid, options)
    made = witnessed(shares, str(expected), own, damping_of(verdict.used))
    yield from _differences(verdict, made)
    if verdict.answer != expected:
        yield Violation(verdict.task_id, f"answer {verdict.answer}; its votes make {expected}")


def _lesson_of_model(
    verdict: VerdictReached, votes: Sequence[Vote], options: Sequence[str]
) -> Iterator[Violation]:
    """Yield a lesson about the model that is not what people's votes alone make of its answer."""
    witness = verdict.witness
    if witness is None or witness.right_milli is None or witness.answer not in options:
        return
    share = posterior(votes, options, damping=SHARPENING)[str(witness.answer)]
    if verdict.gold is not None:
        share = Decimal(witness.answer == verdict.gold.truth)
    if abs(1000 * share - witness.right_milli) > 1:
        fault = f"teaches that its model was right by {witness.right_milli} in 1000"
        yield Violation(verdict.task_id, f"{fault}; its votes make {1000 * share:.0f}")


def _differences(verdict: VerdictReached, shares: Mapping[str, Decimal]) -> Iterator[Violation]:
    if set(verdict.distribution) != set(shares):
        yield Violation(verdict.task_id, "its distribution is not over the task's options")
        return
    for option, share in shares.items():
        said = Decimal(repr(verdict.distribution[option]))
        if abs(said - share) > TOLERANCE:
            yield Violation(
                verdict.task_id, f"says {said} for {option}; its votes make {share:.6f}"
            )
            return
    yield from _stated(verdict, max(verdict.distribution.values()))


def expected_shares(
    votes: Sequence[Vote], options: Sequence[str], used: Used | None
) -> dict[str, Decimal]:
    """Return what votes alone make of each option under what the verdict says it used."""
    if used is None:
        return posterior(votes, options)
    prior = {option: Decimal(repr(used.prior.get(option, 0.0))) for option in options}
    priors = prior if used.prior else None
    return posterior(votes, options, damping=damping_of(used), prior=priors)


def damping_of(used: Used | None) -> Decimal:
    """Return the power to which all evidence is raised under what the verdict says it used."""
    return DAMPING if used is None or used.damping is None else Decimal(repr(used.damping))


def is_tied(distribution: Mapping[str, float]) -> bool:
    """Return whether several options are the most probable."""
    best = sorted(distribution.values())[-2:]
    return len(set(best)) < len(best)


def _covers(prior: Mapping[str, float], options: Sequence[str]) -> bool:
    return not prior or (set(prior) == set(options) and all(share > 0 for share in prior.values()))


def _stated(verdict: VerdictReached, raw: float) -> Iterator[Violation]:
    """Yield what is wrong with the probability that is stated: the answer's, on the curve."""
    curve = verdict.used is not None and bool(verdict.used.curve)
    if verdict.calibrated != curve:
        yield Violation(verdict.task_id, "says whether it is calibrated otherwise than its curve")
    if verdict.used is None or not curve:
        if verdict.probability != raw:
            yield Violation(verdict.task_id, "its probability is not that of its answer")
        return
    expected = on_curve(raw, verdict.used)
    if verdict.raw_probability != raw or abs(verdict.probability - expected) > CURVE_TOLERANCE:
        said = f"states {verdict.probability} of {verdict.raw_probability}"
        yield Violation(verdict.task_id, f"{said}; its curve makes {expected} of {raw}")


def _stopped(verdict: VerdictReached, task: TaskCreated) -> Iterator[Violation]:
    """Yield a verdict that did not end as what it used and the rules of its task say."""
    used = verdict.used
    if used is None:
        return
    worth = task.policy.worth_per_point
    amount = task.policy.quote.of_task(task.asked).amount_minor
    if worth is None and used.price is not None:
        yield Violation(verdict.task_id, "weighed the price of answers, which its rules do not")
    if worth is not None and amount:
        price = min(1.0, amount / (100 * worth))
        if used.price is None or abs(used.price - price) > PRICE_TOLERANCE:
            yield Violation(verdict.task_id, f"used the price {used.price}; its rules say {price}")
    expected = reasons(verdict, used, task.answers_wanted, task.policy.goal)
    if verdict.stop_reason not in expected:
        detail = f"stopped as {verdict.stop_reason}; it was {' or '.join(sorted(expected))}"
        yield Violation(verdict.task_id, detail)


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    goal = policy.goal
    if verdict.probability < goal:
        yield Violation(verdict.task_id, f"confident at {verdict.probability}, below {goal}")


def _question_without_task(verdict: VerdictReached) -> ChoiceQuestion | None:
    """Return the choice that the distribution is over; None where the answer is no label."""
    has_label = verdict.answer is None or isinstance(verdict.answer, str)
    return ChoiceQuestion(tuple(verdict.distribution)) if has_label else None


RECOUNT = Recount[ChoiceQuestion](_question_without_task, _wrong, _too_early, _stopped)
"""The checks of verdicts on a choice."""
