"""Texts as words to compare: each has the key it is compared by and the way it was written.

Combining marks are part of a word and are never dropped: without them different Thai or Hindi words
become equal. Every text is compared in Unicode's form NFC.
Example: `Anak2, itu` in Indonesian is `anak` `anak` `itu`, and so is `anak-anak itu`.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from shared.contracts.questions.transcript.numerals import LANGUAGES, numeral

_APOSTROPHES = "'’ʼ`´＇"  # noqa: RUF001
_JOINERS = "\u200c\u200d"
SHORT_CHARACTERS_MAX = 1_000
_UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my"})
_SHORT_FORMS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "mr": "mister", "mrs": "missus", "messrs": "messieurs", "dr": "doctor", "&": "and",
        "ok": "okay", "vs": "versus",
    },
    "id": {
        "yg": "yang", "dgn": "dengan", "utk": "untuk", "tdk": "tidak", "krn": "karena",
        "dlm": "dalam", "sdh": "sudah", "blm": "belum", "jgn": "jangan", "bpk": "bapak",
        "&": "dan", "tsb": "tersebut",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `key` to compare it by, `written` as its writer wrote it, and what stood before.

    Example: the second word of `Hello, world!` has the key `world`, is written `world!`, and a
    blank stood before it.
    """

    key: str
    written: str
    before: str


def primary(language: str) -> str:
    """Return the first part of a language tag in lower case: `id` of `id-ID`."""
    return language.partition("-")[0].lower()


def words_of(text: str, language: str, rules: tuple[str, ...]) -> tuple[Word, ...]:
    """Return the words of a text, compared by these rules, in which their order does not matter.

    A text that is written without blanks between words counts each of its characters, with its
    combining marks, as a word.
    Example: `words_of("It is 5", "en", ("case",))` has the keys `it`, `is` and `5`.
    """
    # Read often, so kept; but a text of 10,000 words takes over a megabyte, so of these only a few.
    read = _words_of_long if len(text) > SHORT_CHARACTERS_MAX else _words_of_short
    return read(text, language, rules)


def _read_words(text: str, language: str, rules: tuple[str, ...]) -> tuple[Word, ...]:
    tag = primary(language)
    words: Iterable[Word] = _pieces(unicodedata.normalize("NFC", text), tag, rules)
    for name, rule in RULES.items():
        if name in rules:
            words = rule(list(words), tag)
    return tuple(words)


_words_of_short = lru_cache(maxsize=512)(_read_words)
_words_of_long = lru_cache(maxsize=32)(_read_words)


def parts_of(word: Word) -> tuple[str, str, str]:
    """Return what stands before a word and opens it, the word itself, and what closes it.

    Each of the three is voted on by itself: one person has the capital right, another the comma.
    Example: ` “Well,` is ` “`, `Well` and `,`.
    """
    signs = [at for at, sign in enumerate(word.written) if _is_word(sign)]
    if not signs:
        return word.before, word.written, ""
    begin, end = signs[0], signs[-1] + 1
    return word.before + word.written[:begin], word.written[begin:end], word.written[end:]


def text_from(words: Iterable[Word]) -> str:
    """Return the text that these words make, without blanks at its ends."""
    return "".join(word.before + word.written for word in words).strip()


def languages_of(rule: str) -> frozenset[str] | None:
    """Return the languages that a rule knows, by the first part of their tags; None for all."""
    return {"numbers": LANGUAGES, "short_forms": frozenset(_SHORT_FORMS)}.get(rule)


def _pieces(text: str, language: str, rules: Sequence[str]) -> Iterator[Word]:
    cut = _cut if "punctuation" in rules else _whole
    # Of a text's first word nobody says that it follows another without a blank.
    before = "" if language in _UNSPACED else " "
    waiting = ""  # marks that follow no word: they open the next one
    last: Word | None = None
    for token in text.split():
        cores = list(_characters(token) if language in _UNSPACED else cut(token))
        if not cores:
            if last is None:
                waiting += token + " "
            else:
                last = replace(last, written=f"{last.written} {token}")
            continue
        for at, (key, written) in enumerate(cores):
            if last is not None:
                yield last
            last = Word(key, waiting + written, "" if at else before)
            waiting = ""
        before = " "
    if last is not None:
        yield last


def _whole(token: str) -> Iterator[tuple[str, str]]:
    yield token, token


def _characters(token: str) -> Iterator[tuple[str, str]]:
    """Yield each character with the combining marks and the punctuation that follow it."""
    key = written = ""
    for sign in token:
        opens = sign not in _JOINERS and unicodedata.category(sign)[0] in "LN"
        if opens and key:
            yield key, written
            key = written = ""
        written += sign
        if _is_word(sign):
            key += sign
    if key:
        yield key, written


def _cut(token: str) -> Iterator[tuple[str, str]]:
    """Yield the key and the writing of each word in a token; punctuation is in the writing only."""
    if token.isascii() and token.isalnum():
        yield token, token
        return
    if token in ("&", "＆"):  # noqa: RUF001
        yield "&", token
        return
    bounds = list(_runs(token))
    for at, (begin, end) in enumerate(bounds):
        key = "".join("'" if sign in _APOSTROPHES else sign for sign in token[begin:end])
        opens = bounds[at - 1][1] if at else 0
        closes = end if at + 1 < len(bounds) else len(token)
        yield key, token[opens:closes]


def _runs(token: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each run of letters, marks and digits, and of what joins them."""
    begin: int | None = None
    for at, sign in enumerate(token):
        inside = _is_word(sign) or (begin is not None and _joins(token, at))
        if inside and begin is None:
            begin = at
        elif not inside and begin is not None:
            yield begin, at
            begin = None
    if begin is not None:
        yield begin, len(token)


def _joins(token: str, at: int) -> bool:
    """Whether a sign within a token belongs to the word: an apostrophe, or a number's separator."""
    before, after = token[at - 1], token[at + 1 : at + 2]
    if not after or not _is_word(after):
        return False
    if token[at] in _APOSTROPHES:
        return True
    return token[at] in ".," and before.isdecimal() and after.isdecimal()


@lru_cache(maxsize=4096)
def _is_word(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign)[0] in "LMN"


def _case(words: Sequence[Word], language: str) -> Iterator[Word]:
    """Compare small and capital letters as equal; Turkish and Azeri have two letters i."""
    for word in words:
        key = word.key
        if language in ("tr", "az"):
            key = key.replace("İ", "i").replace("I", "ı")  # noqa: RUF001
        # Folding may take a character apart: its form is made whole again.
        yield replace(word, key=key if key.islower() and key.isascii() else _folded(key))


def _folded(key: str) -> str:
    return unicodedata.normalize("NFC", key.casefold())


def _punctuation(words: Sequence[Word], language: str) -> Iterator[Word]:
    """Keep the words as they are: they were cut without punctuation. Indonesian `anak2` is two."""
    for word in words:
        stem = word.key[:-1]
        if language == "id" and word.key.endswith("2") and stem.isalpha():
            cut = word.written.rindex("2")
            yield Word(stem, word.written[:cut], word.before)
            yield Word(stem, word.written[cut:], "")
        else:
            yield word


def _short_forms(words: Sequence[Word], language: str) -> Iterator[Word]:
    """Compare a short form as the word it stands for."""
    longer = _SHORT_FORMS.get(language, {})
    for word in words:
        yield replace(word, key=longer[word.key]) if word.key in longer else word


def _numbers(words: Sequence[Word], language: str) -> Iterator[Word]:
    """Compare numbers as digits, whether written in digits or in words."""
    if language not in LANGUAGES:
        yield from words
        return
    keys = [_digits(word.key, language) for word in words]
    at = 0
    while at < len(words):
        number, count = numeral(keys, at, language) or (keys[at], 1)
        parts = words[at : at + count]
        rest = "".join(part.before + part.written for part in parts[1:])
        yield Word(number, parts[0].written + rest, parts[0].before)
        at += count


def _digits(key: str, language: str) -> str:
    """Return a number's key without separators of thousands, in the digits 0 to 9."""
    if not key[:1].isdecimal():
        return key
    separator = "." if language == "id" else ","
    plain = key.replace(separator, "")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


Rule = Callable[[Sequence[Word], str], Iterable[Word]]
RULES: Mapping[str, Rule] = {
    "case": _case,
    "punctuation": _punctuation,
    "short_forms": _short_forms,
    "numbers": _numbers,
}
"""How answers may be compared, by the name a catalog uses, in the order in which rules apply."""
