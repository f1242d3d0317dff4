"""Decides whether to ask on: few enough words expected to be wrong, out of answers, or one more."""

from services.qa.agreement.terms import AnswersWanted, Stop, ask_on
from services.qa.agreement.transcript.tallying import TranscriptTally


def stop(tally: TranscriptTally, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when the expected word error is at most the goal, or when `wanted.max` answers are there.
    Example: an expected word error of 0.04 is enough for the goal 0.06.
    """
    reached = tally.detail is not None and tally.detail.expected_word_error <= wanted.goal
    return ask_on(answered, wanted, reached=reached)
