"""How simulated people fill in a record: they mistype, skip what they may, and mix up options."""

from datetime import date, timedelta
from math import ceil, floor

from sentuh.demo.chance import chance, pick
from sentuh.demo.mending import overlooks
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    AnyField,
    ChoiceField,
    DateField,
    NumberField,
    RecordQuestion,
    TextField,
)

SKIPPED = 0.3
"""How often somebody who errs on a field that may be left out leaves it out."""
_LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
_DIGITS = tuple("0123456789")
_DAY_OF_NONE = "2026-01-01"


def _answer(
    accuracy: float | None, about: About, truth: Answer, question: RecordQuestion
) -> Answer:
    if accuracy is None:
        return _guess(question, ("spam", *about))
    right = truth if isinstance(truth, dict) else {}
    record: dict[str, Answer] = {}
    for field in question.fields:
        value, where = right.get(field.name), (*about, field.name)
        if chance("right", *where) >= accuracy:
            value = _wrong(field, value, where)
        if value is not None:
            record[field.name] = value
    return question.canonical(record)


def _wrong(field: AnyField, value: Answer, about: About) -> Answer:
    """Return what somebody gives who errs; the right value where no other would be taken."""
    if not field.required and chance("skips", *about) < SKIPPED:
        return None
    if value is None:
        return _made_up(field, about)
    other = _mistaken(field, value, about)
    return value if field.problem_with(other) else other


def _mistaken(field: AnyField, value: Answer, about: About) -> Answer:
    match field:
        case ChoiceField():
            others = tuple(option for option in field.options if option != value)
            return pick(others, "other", *about) if others else value
        case DateField():
            days = 1 + int(chance("days", *about) * 9)
            return str(date.fromisoformat(str(value)) + timedelta(days=days))
        case NumberField():
            wrong = _mistyped(str(value), about)
            return wrong if field.as_text else float(wrong)
        case TextField():
            return _mistyped(str(value), about)


def _mistyped(text: str, about: About) -> str:
    """Return a text in which one letter or digit is another, or the text where it has none."""
    places = [at for at, letter in enumerate(text) if letter.isalnum()]
    if not places:
        return text
    at = places[int(chance("place", *about) * len(places))]
    letters = _DIGITS if text[at].isdigit() else _LETTERS
    others = tuple(letter for letter in letters if letter != text[at].lower())
    return f"{text[:at]}{pick(others, 'letter', *about)}{text[at + 1 :]}"


def _mended(draft: Answer, own: Answer, about: About, question: RecordQuestion) -> Answer:
    """Return the draft, but for the fields in which the person reads something else and sees it."""
    drafted, mine = (given if isinstance(given, dict) else {} for given in (draft, own))
    record: dict[str, Answer] = {}
    for field in question.fields:
        left = overlooks(*about, field.name) and (field.name in drafted or not field.required)
        value = (drafted if left else mine).get(field.name)
        if value is not None:
            record[field.name] = value
    return question.canonical(record)


def _guess(question: RecordQuestion, about: About) -> Answer:
    values = {field.name: _made_up(field, (*about, field.name)) for field in question.fields}
    return question.canonical({n: value for n, value in values.items() if value is not None})


def _made_up(field: AnyField, about: About) -> Answer:
    """Return a value that the field takes, by somebody who does not look."""
    match field:
        case ChoiceField():
            return pick(field.options, "any", *about)
        case TextField():
            return pick(_LETTERS, "any", *about)
        case DateField():
            return field.first or field.last or _DAY_OF_NONE
        case NumberField():
            number = int(chance("any", *about) * 100)
            low = number if field.low is None else max(number, ceil(field.low))
            whole = low if field.high is None else min(low, floor(field.high))
            return str(whole) if field.as_text else whole


PEOPLE = AnsweringPeople[RecordQuestion, Answer](_answer, _guess, _mended)
"""How people fill in a record."""
