"""What explanations must know of each kind of question: one file a kind, found by its name."""

from collections.abc import Mapping

from sentuh.explain.terms import Explaining
from shared.contracts.question import Question
from shared.contracts.questions import of_each_kind

_EXPLAINING: Mapping[str, Explaining[Question]] = of_each_kind(__name__, "EXPLAINING")


def explaining(question: Question) -> Explaining[Question]:
    """Return how verdicts on a question of this kind are explained."""
    return _EXPLAINING[question.kind]
