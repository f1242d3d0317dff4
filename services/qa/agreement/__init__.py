"""The door to what several people's answers amount to: each kind of question has its agreement.

The path of one task is the same for all: `weigh` each answer by what is known of its worker,
`tally` the answers, ask `stop` whether to ask on; when the verdict stands, `lessons` says what it
teaches of its workers. Lessons are added once, when the verdict is folded, so no task is ever
judged by an estimate that has seen its own answers.
"""

from collections.abc import Mapping

from services.qa.agreement.terms import AgreedAnswer, Agreement
from shared.contracts.question import Answer, Question
from shared.contracts.questions import of_each_kind

_AGREEMENTS: Mapping[str, Agreement[Question, Answer, AgreedAnswer]] = of_each_kind(
    __name__, "AGREEMENT"
)


def agreement_on(question: Question) -> Agreement[Question, Answer, AgreedAnswer]:
    """Return how the answers to this question become a verdict."""
    return _AGREEMENTS[question.kind]
