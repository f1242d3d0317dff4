"""Combines sets of picked options; each option is a question of yes or no of its own.

One reliability of a worker holds for all options (the one-coin model of Dawid and Skene, 1979, on
each label alone: "binary relevance" in the words of multi-label learning).
"""

from services.qa.agreement.choices.picking import Picked, stop, tally
from services.qa.agreement.choices.teaching import lessons
from services.qa.agreement.choices.weighing import weigh
from services.qa.agreement.terms import Agreement
from shared.contracts.questions.choices import ChoicesQuestion, Labels

__all__ = ["AGREEMENT", "Picked", "lessons", "stop", "tally", "weigh"]

AGREEMENT = Agreement[ChoicesQuestion, Labels, Picked](
    weigh=weigh, tally=tally, stop=stop, lessons=lessons
)
"""The four functions that turn workers' sets of options into a verdict."""
