"""Combines marked spans: votes by character, runs become spans, matched by overlap."""

from services.qa.agreement.reliability import Population, Reliability, estimate
from services.qa.agreement.spans.evidence import DIGITS, WEIGHT_MAX
from services.qa.agreement.spans.stopping import stop
from services.qa.agreement.spans.tallying import SpansTally, tally
from services.qa.agreement.spans.teaching import lessons
from services.qa.agreement.terms import Agreement
from shared.contracts.question import Answer
from shared.contracts.questions.spans import SpansQuestion

__all__ = ["AGREEMENT", "SpansTally", "lessons", "stop", "tally", "weigh"]


def weigh(_: Answer, __: SpansQuestion, worker: Reliability, population: Population) -> float:
    """Return the F1 that the worker is expected to reach."""
    return round(min(WEIGHT_MAX, estimate(worker, population)), DIGITS)


AGREEMENT = Agreement[SpansQuestion, Answer, SpansTally](
    weigh=weigh, tally=tally, stop=stop, lessons=lessons
)
"""The four functions that turn marked spans into a verdict."""
