"""How simulated people write down what they hear: they mishear, leave out and mistype words."""

from difflib import SequenceMatcher
from itertools import count, zip_longest
from string import punctuation

from sentuh.demo.chance import chance, pick
from sentuh.demo.mending import overlooks
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
WORTH_MENDING = 1 / 3
"""How alike a draft must be to what a person hears; else they write it anew."""


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


def _mended(
    draft: Transcript, own: Transcript, about: About, question: TranscriptQuestion
) -> Transcript:
    """Return the draft with the words that the person hears otherwise and does not overlook."""
    drafted, mine = str(draft["text"]).split(), str(own["text"]).split()
    alike = SequenceMatcher(None, [*map(_bare, drafted)], [*map(_bare, mine)], autojunk=False)
    if alike.ratio() < WORTH_MENDING:
        return own
    words: list[str | None] = []
    for change, begin, end, from_, to in alike.get_opcodes():
        for at, (there, heard) in enumerate(zip_longest(drafted[begin:end], mine[from_:to])):
            stays = change != "equal" and overlooks(*about, begin, from_, at)
            words.append(there if stays else heard)
    mended: Transcript = {"text": " ".join(filter(None, words))}
    return own if question.problem_with(mended) else mended


def _bare(word: str) -> str:
    return word.casefold().strip(punctuation)


def _guess(question: TranscriptQuestion, about: About) -> Transcript:
    words = 4 + int(chance("words", *about) * 8)
    return {"text": " ".join(_any_word(question, *about, at) for at in range(words))}


def _any_word(question: TranscriptQuestion, *about: str | int) -> str:
    return pick(OFTEN_HEARD.get(question.language[:2], OFTEN_HEARD["en"]), "word", *about)


PEOPLE = AnsweringPeople[TranscriptQuestion, Transcript](_answer, _guess, _mended)
"""How people answer a transcript."""
