"""Combines records field by field, by the kind of the field."""

from services.qa.agreement.evidence import DIGITS
from services.qa.agreement.record.evidence import WEIGHT_MAX
from services.qa.agreement.record.stopping import stop
from services.qa.agreement.record.tallying import RecordTally, tally
from services.qa.agreement.record.teaching import lessons, same
from services.qa.agreement.reliability import Population, Reliability, estimate
from services.qa.agreement.terms import Agreement
from shared.contracts.question import Answer
from shared.contracts.questions.record import RecordQuestion

__all__ = ["AGREEMENT", "RecordTally", "lessons", "stop", "tally", "weigh"]


def weigh(_: Answer, __: RecordQuestion, worker: Reliability, population: Population) -> float:
    """Return the share of fields on which the worker is expected to be right."""
    return round(min(WEIGHT_MAX, estimate(worker, population)), DIGITS)


AGREEMENT = Agreement[RecordQuestion, Answer, RecordTally](
    weigh=weigh, tally=tally, stop=stop, lessons=lessons, same=same
)
"""The functions that turn records into a verdict."""
