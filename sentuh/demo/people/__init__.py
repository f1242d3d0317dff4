"""The door to how simulated people answer: each kind of question has its way.

Everything follows from what an answer is about (the seed, the person and the task), so the same
person gives the same answer whenever asked.
"""

from collections.abc import Mapping

from sentuh.demo.people.terms import AnsweringPeople
from shared.contracts.question import Answer, Question
from shared.contracts.questions import of_each_kind

_PEOPLE: Mapping[str, AnsweringPeople[Question, Answer]] = of_each_kind(__name__, "PEOPLE")


def answer_of(
    accuracy: float | None, about: tuple[str | int, ...], *, truth: Answer, question: Question
) -> Answer:
    """Return what a person answers who is right this often, or at random where it is None."""
    return _PEOPLE[question.kind].answer(accuracy, about, truth, question)


def begun_from(
    draft: Answer, own: Answer, about: tuple[str | int, ...], *, question: Question
) -> Answer:
    """Return what a person makes of the model's draft who would answer `own` without it.

    Both fit the question. Of a kind without drafts it is their own answer.
    """
    mended = _PEOPLE[question.kind].mended
    return own if mended is None else mended(draft, own, about, question)


def guess(question: Question, *about: str | int) -> Answer:
    """Return an answer by somebody who does not know: what is right is as likely as anything."""
    return _PEOPLE[question.kind].guess(question, about)
