"""Combines ratings on a scale: their mean, each weighed by how near its worker is to the others."""

from services.qa.agreement.rating.averaging import Average, stop, tally
from services.qa.agreement.rating.teaching import lessons
from services.qa.agreement.rating.weighing import weigh
from services.qa.agreement.terms import Agreement
from shared.contracts.questions.rating import RatingQuestion

__all__ = ["AGREEMENT", "Average", "lessons", "stop", "tally", "weigh"]

AGREEMENT = Agreement[RatingQuestion, float, Average](
    weigh=weigh, tally=tally, stop=stop, lessons=lessons
)
"""The four functions that turn workers' ratings into a verdict."""
