"""How simulated people choose: where they err, they err towards any other option alike."""

from sentuh.demo.chance import chance, pick
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.questions.choice import ChoiceQuestion


def _answer(accuracy: float | None, about: About, truth: str, question: ChoiceQuestion) -> str:
    if accuracy is None:
        return pick(question.options, "spam", *about)
    if chance("right", *about) < accuracy:
        return truth
    others = tuple(option for option in question.options if option != truth)
    return pick(others, "wrong", *about)


def _guess(question: ChoiceQuestion, about: About) -> str:
    return pick(question.options, *about)


PEOPLE = AnsweringPeople[ChoiceQuestion, str](_answer, _guess)
"""How people answer a choice."""
