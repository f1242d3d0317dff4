"""Finds how answers to one kind of question are combined: weighed, tallied, and learned from.

For each task qa calls `weigh` for each answer, `tally` for all of them, `stop` to ask on or not,
and after the verdict `lessons` for what it shows about the workers. Lessons are added to a worker's
counters only once the verdict is applied, so no task is judged by its own answers.
Example: `agreement_on(question).tally(ballots, question, weights)`.
"""

from collections.abc import Mapping

from services.qa.agreement.learning import Learning
from services.qa.agreement.terms import AgreedAnswer, Agreement
from shared.contracts.question import Answer, Question
from shared.contracts.questions import of_each_kind

_AGREEMENTS: Mapping[str, Agreement[Question, Answer, AgreedAnswer]] = of_each_kind(
    __name__, "AGREEMENT"
)


def agreement_on(question: Question) -> Agreement[Question, Answer, AgreedAnswer]:
    """Return the functions that combine answers to a question of this kind into a verdict."""
    return _AGREEMENTS[question.kind]


def learning_on(
    question: Question, counters: Mapping[str, int], price: float
) -> Learning[Question, Answer, AgreedAnswer]:
    """Return these functions with what the task type has learned in them, and what they teach it.

    `counters` are the task type's, `price` what one more answer must promise, 0 for nothing.
    """
    agreement = _AGREEMENTS[question.kind]
    if agreement.learning is None:
        return Learning(agreement)
    return agreement.learning(counters, question, price)
