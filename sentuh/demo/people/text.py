"""How simulated people write: where they err they leave out a word, and some write nonsense."""

from sentuh.demo.chance import chance, pick
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.question import Answer
from shared.contracts.questions.text import TextQuestion

_NONSENSE = ("as-above", "fine", "no-change", "okay")


def _answer(accuracy: float | None, about: About, truth: Answer, question: TextQuestion) -> Answer:
    """Return the true text this often, and else the text without one of its words."""
    if accuracy is None:
        return _guess(question, ("spam", *about))
    text = truth.get("text") if isinstance(truth, dict) else None
    words = str(text).split()
    if chance("right", *about) < accuracy or len(words) < 2:
        return truth
    lost = int(chance("lost", *about) * len(words))
    shorter: Answer = {"text": " ".join(words[:lost] + words[lost + 1 :])}
    return truth if question.problem_with(shorter) else shorter


def _guess(question: TextQuestion, about: About) -> Answer:
    text = pick(_NONSENSE, "said", *about)
    wanted = min(max(question.characters_min, len(text)), question.characters_max)
    return {"text": (text + "-and-so-on" * wanted)[:wanted]}


PEOPLE = AnsweringPeople[TextQuestion, Answer](_answer, _guess)
"""How people write a text."""
