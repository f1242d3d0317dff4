"""Words for how sure a verdict is, how sure it was to be, and what an answer counts.

They follow from what a kind of question stops at: a probability, the margin of a mean, or the share
of words that are wrong.
"""

from collections.abc import Callable, Mapping

from sentuh.history.collect import History
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.part import Detail
from shared.contracts.question import Goal
from shared.contracts.questions import goal_of


def share(probability: float) -> str:
    """Format a probability as a percentage, never rounded up: 0.876 is 87 %, 0.9987 is 99.8 %."""
    percent = int(probability * 1000 + 1e-6) / 10
    return f"{percent:.1f} %" if percent >= 99 else f"{int(percent)} %"


def sure(verdict: VerdictReached) -> str:
    """Return how sure a verdict is: `97 % sure`, or in the words of its detail, if it has some."""
    words = verdict.detail.in_words() if isinstance(verdict.detail, Detail) else ""
    return words or f"{share(verdict.probability)} sure"


def asked_for(history: History) -> str:
    """Return what was to be reached: `95 % is asked for`; nothing where the task is not kept."""
    policy = policy_of(history)
    return "" if policy is None else _ASKED_FOR[goal_of(policy.asks)](policy.goal)


def reached_so_far(probability: float, history: History) -> str:
    """Return how far the answers before a verdict come, to follow `make`: `it 60 % sure`.

    Only a probability is told between them: of a mean or a text the events say no more.
    """
    policy = policy_of(history)
    if policy is None or goal_of(policy.asks) == "confidence":
        return f"it {share(probability)} sure"
    return "it not sure enough"


def counting(weight: float | None, history: History) -> str:
    """Return what an answer counts: `right 82 % of the time`, or its weight in a mean."""
    policy = policy_of(history)
    if weight is None:
        return ""
    if policy is not None and goal_of(policy.asks) == "tolerance":
        return f"weight {weight:.2f}"
    return f"right {share(weight)} of the time"


def policy_of(history: History) -> Policy | None:
    """Return the rules of the task whose story is told; None where it is not kept."""
    return next((task.policy for task in history.tasks.values()), None)


_ASKED_FOR: Mapping[Goal, Callable[[float], str]] = {
    "confidence": lambda goal: f"{share(goal)} is asked for",
    "tolerance": lambda goal: f"give or take {goal:g} is asked for",
    "word_error_max": lambda goal: f"{share(goal)} of words wrong at most is asked for",
}
