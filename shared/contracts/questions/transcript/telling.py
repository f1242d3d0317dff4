"""Says in words how transcripts of one recording agree, for the story of an output."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from shared.contracts.question import Answer
from shared.contracts.questions.transcript.words import words_of

WORDS_COMPARED_MAX = 300
"""Texts of words that all come back take a time that grows with the cube of their number."""
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def agreement_in_words(
    answers: Sequence[Answer], verdict: Answer, language: str, rules: tuple[str, ...]
) -> str:
    """Return how many people wrote the verdict's text, and in how many words others differ.

    Only the first 300 words are looked at. Example: `3 people wrote it: two just so, one but for
    1 word`.
    """
    text = _keys(verdict, language, rules)
    edits = sorted(_differences(text, _keys(answer, language, rules)) for answer in answers)
    groups = [f"{_number(edits.count(n))} {_but_for(n)}" for n in dict.fromkeys(edits)]
    people = f"{len(answers)} {'person' if len(answers) == 1 else 'people'} wrote it"
    return f"{people}: {', '.join(groups)}" if groups else people


def _keys(answer: Answer, language: str, rules: tuple[str, ...]) -> list[str]:
    text = answer.get("text") if isinstance(answer, dict) else None
    words = words_of(text if isinstance(text, str) else "", language, rules)
    return [word.key for word in words[:WORDS_COMPARED_MAX]]


def _differences(first: Sequence[str], second: Sequence[str]) -> int:
    changes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return sum(
        max(end - begin, to - from_)
        for change, begin, end, from_, to in changes
        if change != "equal"
    )


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _but_for(edits: int) -> str:
    return "just so" if not edits else f"but for {edits} word{'' if edits == 1 else 's'}"
