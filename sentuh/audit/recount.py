"""Verdicts recomputed from their recorded votes and weights: a second, independent implementation.

The definition it follows: a vote of weight w for one of K options multiplies that option's odds
against each other one by w (K - 1) / (1 - w); the product over the counted votes, raised to the
power DAMPING, is what equal chances become. Weights are kept between WEIGHT_MIN and WEIGHT_MAX.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.tasks import OutputWaived
from shared.contracts.events.verdicts import VerdictReached, Vote

DAMPING = Decimal("0.7")
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.0001"), Decimal("0.9999")
TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""


def verdicts_recompute(history: History) -> Iterator[Violation]:
    """Each verdict of people follows from its votes; each of the model says what was waived."""
    for verdict in history.verdicts.values():
        if verdict.by == "model":
            yield from _by_model(verdict, history.waived.get(verdict.task_id))
        else:
            yield from _by_people(verdict, _options(history, verdict))
            yield from _stopped_rightly(history, verdict)


def posterior(votes: Sequence[Vote], options: Sequence[str]) -> dict[str, Decimal]:
    """Probability of each option; votes for none of them, or without a weight, say nothing."""
    with localcontext() as context:
        context.prec = 50
        odds = dict.fromkeys(options, Decimal(1))
        for vote in votes:
            if vote.answer in odds and vote.weight is not None and len(options) > 1:
                weight = min(WEIGHT_MAX, max(WEIGHT_MIN, Decimal(repr(vote.weight))))
                odds[vote.answer] *= weight * (len(options) - 1) / (1 - weight)
        damped = {option: product**DAMPING for option, product in odds.items()}
        whole = sum(damped.values(), Decimal(0))
        return {option: share / whole for option, share in damped.items()}


def leader(votes: Sequence[Vote], distribution: Mapping[str, float]) -> str | None:
    """The most probable option; of equals that of the lowest assignment id, then the first."""
    if not votes or not distribution:
        return None
    top = max(distribution.values())
    tied = [option for option, share in distribution.items() if share == top]
    by_id = sorted(votes, key=lambda vote: vote.assignment_id)
    return next((vote.answer for vote in by_id if vote.answer in tied), tied[0])


def _by_people(verdict: VerdictReached, options: Sequence[str]) -> Iterator[Violation]:
    votes = _counted(verdict)
    valid = [vote for vote in votes if vote.answer in options]
    unweighed = [vote.assignment_id for vote in valid if vote.weight is None]
    if unweighed:
        yield Violation(f"{verdict.task_id} {' '.join(unweighed)}", "counted without a weight")
        return
    if not valid:
        if verdict.answer is not None:
            yield Violation(verdict.task_id, f"answer {verdict.answer} without any valid vote")
        return
    yield from _differences(verdict, posterior(valid, options))
    expected = leader(valid, verdict.distribution)
    if verdict.answer != expected:
        yield Violation(verdict.task_id, f"answer {verdict.answer}; its votes make {expected}")


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
    if verdict.probability != max(verdict.distribution.values()):
        yield Violation(verdict.task_id, "its probability is not that of its answer")


def _by_model(verdict: VerdictReached, waived: OutputWaived | None) -> Iterator[Violation]:
    said = (verdict.answer, verdict.probability)
    if waived is not None and said != (waived.answer, waived.probability):
        yield Violation(verdict.task_id, "differs from what was waived")
    if verdict.votes or verdict.stop_reason != "waived":
        yield Violation(verdict.task_id, "the model's verdict has votes or was not waived")


def _stopped_rightly(history: History, verdict: VerdictReached) -> Iterator[Violation]:
    task = history.tasks.get(verdict.task_id)
    if task is None or verdict.stop_reason == "exhausted":
        return
    on_time, least = sum(not vote.late for vote in verdict.votes), task.policy.answers.min
    if on_time < least:
        yield Violation(verdict.task_id, f"stopped at {on_time} answers, {least} at least")
    goal = task.policy.stopping.confidence
    if verdict.stop_reason == "confident" and verdict.probability < goal:
        yield Violation(verdict.task_id, f"confident at {verdict.probability}, below {goal}")


def _counted(verdict: VerdictReached) -> list[Vote]:
    """Counted votes, each answer once: counting one twice is another invariant's business."""
    found: dict[str, Vote] = {}
    for vote in verdict.votes:
        if vote.standing == "counted":
            found.setdefault(vote.assignment_id, vote)
    return list(found.values())


def _options(history: History, verdict: VerdictReached) -> Sequence[str]:
    task = history.tasks.get(verdict.task_id)
    return task.policy.options if task else tuple(verdict.distribution)
