"""How simulated people pick several options: each option is missed or invented by itself."""

from sentuh.demo.chance import chance
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.questions.choices import ChoicesQuestion, Labels


def _answer(
    accuracy: float | None, about: About, truth: Labels, question: ChoicesQuestion
) -> Labels:
    if accuracy is None:
        return _guess(question, about)
    picked = [
        option
        for option in question.options
        if (option in truth) == (chance("right", option, *about) < accuracy)
    ]
    return _allowed(picked, question, about)


def _guess(question: ChoicesQuestion, about: About) -> Labels:
    picked = [option for option in question.options if chance("guess", option, *about) < 0.5]
    return _allowed(picked, question, about)


def _allowed(picked: list[str], question: ChoicesQuestion, about: About) -> Labels:
    """Return these options, or as many as may be picked, others by chance."""
    rest = [option for option in question.options if option not in picked]
    order = sorted(picked, key=lambda option: chance("kept", option, *about))
    order += sorted(rest, key=lambda option: chance("added", option, *about))
    count = min(question.picks_max, max(question.picks_min, len(picked)))
    return [option for option in question.options if option in order[:count]]


PEOPLE = AnsweringPeople[ChoicesQuestion, Labels](_answer, _guess)
"""How people answer choices."""
