"""How simulated people count: where they err, they are one off."""

from sentuh.demo.chance import chance
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.questions.whole_number import WholeNumberQuestion


def _answer(accuracy: float | None, about: About, truth: int, question: WholeNumberQuestion) -> int:
    if accuracy is None:
        return _guess(question, about)
    if chance("right", *about) < accuracy:
        return truth
    return truth - 1 if truth > question.low else truth + 1


def _guess(question: WholeNumberQuestion, about: About) -> int:
    low, numbers = int(question.low), question.high - question.low + 1
    return low + int(chance("guess", *about) * numbers)


PEOPLE = AnsweringPeople[WholeNumberQuestion, int](_answer, _guess)
