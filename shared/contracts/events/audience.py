"""How many answers a task wants, where it is for certain people only."""

from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Answers


def answers_wanted(answers: Answers, asked: Asked | None) -> Answers:
    """Return how many answers a task takes at least and at most.

    `answers` are those of its task type. A task for certain people wants an answer of each, as many
    as its type takes at most: nobody else could give another.
    Example: of a type that takes 2 to 5 answers, a task for one worker takes 1.
    """
    if asked is None or not asked.only_for:
        return answers
    each = min(len(asked.only_for), answers.max)
    return Answers.made({"min": each, "max": each})
