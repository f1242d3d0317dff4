"""How simulated people write down what they hear: they mishear, leave out and mistype words."""

from itertools import count

from sentuh.demo.chance import chance, pick
from sentuh.demo.people.terms import About, AnsweringPeople
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

LEFT_OUT, MISTYPED = 0.2, 0.3
"""Of a person's wrong words, how many are missing or have two letters swapped; others are misheard.
"""
OFTEN_HEARD = {
    "en": ("the", "and", "there", "were", "would", "some", "more", "then"),
    "id": ("yang", "dan", "itu", "ada", "tidak", "sudah", "akan", "lagi"),
}
NOTHING_UNDERSTOOD = "hmm"


def _answer(
    accuracy: float | None, about: About, truth: Transcript, question: TranscriptQuestion
) -> Transcript:
    """Return what a person writes who has this share of words right; at random, other words."""
    if accuracy is None:
        return _guess(question, about)
    words = str(truth["text"]).split()
    heard = [
        _heard(word, (*about, at), question)
        if chance("wrong word", *about, at) >= accuracy
        else word
        for at, word in enumerate(words)
    ]
    return {"text": " ".join(filter(None, heard)) or NOTHING_UNDERSTOOD}


def _heard(word: str, about: About, question: TranscriptQuestion) -> str:
    how = chance("how", *about)
    if how < LEFT_OUT:
        return ""
    if how < LEFT_OUT + MISTYPED and len(word) > 1:
        at = int(chance("letter", *about) * (len(word) - 1))
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return next(other for turn in count() if (other := _any_word(question, *about, turn)) != word)


def _guess(question: TranscriptQuestion, about: About) -> Transcript:
    words = 4 + int(chance("words", *about) * 8)
    return {"text": " ".join(_any_word(question, *about, at) for at in range(words))}


def _any_word(question: TranscriptQuestion, *about: str | int) -> str:
    return pick(OFTEN_HEARD.get(question.language[:2], OFTEN_HEARD["en"]), "word", *about)


PEOPLE = AnsweringPeople[TranscriptQuestion, Transcript](_answer, _guess)
"""How people answer a transcript."""
