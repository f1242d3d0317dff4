"""How simulated people compare: where they err, they exchange two candidates that are neighbours.

They are drawn as Mallows' model (1957) has it, by inserting one candidate after the other
(Doignon, Pekec and Regenwetter, 2004): each may pass the one ahead of it, again and again.
"""

from sentuh.demo.chance import chance, pick
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.question import Answer
from shared.contracts.questions.preference import (
    NONE_OF_THEM,
    PreferenceQuestion,
    answer_of,
    places_of,
)


def _answer(
    accuracy: float | None, about: About, truth: Answer, question: PreferenceQuestion
) -> Answer:
    """Return a ranking in which a pair of neighbours is in the true order this often.

    Where the truth has equal candidates, or is that none will do, the person says so this often.
    """
    if accuracy is None:
        return _guess(question, ("spam", *about))
    places = places_of(truth)
    whole = places is None or len(set(places.values())) < len(places)
    if places is None or whole:
        right = chance("right", *about) < accuracy
        return truth if right else _guess(question, ("wrong", *about))
    order: list[str] = []
    for one in sorted(places, key=lambda candidate: places[candidate]):
        at = len(order)
        while at and chance("passed", *about, one, at) >= accuracy:
            at -= 1
        order.insert(at, one)
    return answer_of([one] for one in order)


def _guess(question: PreferenceQuestion, about: About) -> Answer:
    """Return any order, all equal, or none, as likely each as it is one thing to say of a pair."""
    others = ["all equal"] * question.ties + ["none"] * question.none
    said = pick((*others, "one", "another"), "said", *about)
    if said == "none":
        return NONE_OF_THEM
    if said == "all equal":
        return answer_of([question.candidates])
    shuffled = sorted(question.candidates, key=lambda one: chance("order", *about, one))
    return answer_of([one] for one in shuffled)


PEOPLE = AnsweringPeople[PreferenceQuestion, Answer](_answer, _guess)
"""How people answer a comparison."""
