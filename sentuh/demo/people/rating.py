"""How simulated people rate: the truth, or off it by the less the better they are."""

from sentuh.demo.chance import chance
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.questions.rating import RatingQuestion


def _answer(accuracy: float | None, about: About, truth: float, question: RatingQuestion) -> float:
    """Return a point: errors are up to twice `1 - accuracy` of the scale, small ones likelier."""
    if accuracy is None:
        return _guess(question, about)
    length = float(question.high - question.low)
    error = chance("up", *about) - chance("down", *about)
    return _point(question, truth + 2 * (1 - accuracy) * error * length)


def _guess(question: RatingQuestion, about: About) -> float:
    length = float(question.high - question.low)
    return _point(question, question.low + chance("guess", *about) * length)


def _point(question: RatingQuestion, number: float) -> float:
    """Return the point of the scale nearest to a number, which may be off the scale."""
    return question.nearest(min(question.high, max(question.low, number)))


PEOPLE = AnsweringPeople[RatingQuestion, float](_answer, _guess)
"""How people answer a rating."""
