"""Decides whether to ask on: every field sure enough, or out of answers."""

from services.qa.agreement.record.tallying import RecordTally
from services.qa.agreement.terms import AnswersWanted, Stop, ask_on


def stop(tally: RecordTally, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when every field is as probable as it must be, by its own rule or the task's, or when
    `wanted.max` answers are there.
    Example: all fields are sure but one, with 3 of at most 5 answers: AskOneMore(4).
    """
    reached = bool(tally.counted) and all(
        tally.fields[field.name].probability >= (field.confidence or wanted.goal)
        for field in tally.question.fields
    )
    return ask_on(answered, wanted, reached=reached)
