"""Decides whether to ask on: every span and every gap sure enough, or out of answers."""

from services.qa.agreement.spans.tallying import SpansTally
from services.qa.agreement.terms import AnswersWanted, Stop, ask_on


def stop(tally: SpansTally, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when every span and every gap is as probable as wanted, or `wanted.max` answers are there.
    Example: all are sure but one span, with 3 of at most 5 answers: AskOneMore(4).
    """
    reached = tally.answer is not None and tally.probability >= wanted.goal
    return ask_on(answered, wanted, reached=reached)
