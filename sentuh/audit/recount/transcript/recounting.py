"""Votes on a transcript recounted with decimal numbers, apart from qa's agreement.

The definition it follows. A voter with the share e of wrong words counts ln(e)² in thousandths,
rounded half to even; no word counts 7/10 of that. The first pivot is the text with the least
weighted distance to all. All are aligned to the pivot, and each place takes the candidate with the
most votes (of equals the pivot's, then the last one). The text that comes out is the next pivot,
five times at most or until it stays. From then on e is (40 e + differences) / (40 + length), and
0.95 for who differs in more than 3 of 4 words. A word's odds are exp(0.4 (ln((1 - e) / e) +
0.75)) multiplied over its voters, against those of the other candidates and exp(-0.5) for what
nobody wrote; who has e above 0.68 gives no evidence. The
model's draft votes twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import groupby

from sentuh.audit.recount.transcript.table import Table, Words

ERROR_BOUNDS = (Decimal("0.01"), Decimal("0.95"))
NO_WORD = ""


@dataclass(frozen=True)
class Heard:
    """One counted text: who wrote it, its words, and the share of wrong ones to expect.

    `drafted` is whether they began from the model's draft.
    """

    name: str
    words: Words
    error: Decimal
    drafted: bool = False

    @property
    def times(self) -> int:
        """How often it votes: the draft, which has no name, votes twice."""
        return 1 if self.name else 2


@dataclass(frozen=True)
class TextPlace:
    """One place of the text: what stands there, and what each voter has there."""

    own: str
    heard: Words
    at: tuple[int | None, ...]


@dataclass(frozen=True)
class RecountedText:
    """The text that comes out, place by place, and how sure each is."""

    words: Words
    places: Sequence[TextPlace]
    powers: Sequence[int]
    shares: Sequence[Mapping[str, Decimal]]
    word_error: Decimal


def bounded(error: Decimal) -> Decimal:
    """Return an error kept between those that are taken for possible."""
    return min(ERROR_BOUNDS[1], max(ERROR_BOUNDS[0], error))


def recount(heard: Sequence[Heard]) -> RecountedText:
    """Return the text that these make; they are sorted by name, and each has words."""
    with localcontext() as context:
        context.prec = 40
        powers = [one.times * _power(one.error) for one in heard]
        pivot = _medoid(heard, powers)
        words, places = pivot, _places(pivot, heard)
        errors = _errors(places, heard, len(pivot))
        # The medoid measures itself, so only who has little in common with it counts less so far.
        least = _power(ERROR_BOUNDS[1])
        usual = [
            one.times * least if error == ERROR_BOUNDS[1] else power
            for one, error, power in zip(heard, errors, powers, strict=True)
        ]
        following = _most(places, usual) or pivot
        for _ in range(5):
            words = following
            places = _places(words, heard)
            errors = _errors(places, heard, len(words))
            powers = [one.times * _power(e) for one, e in zip(heard, errors, strict=True)]
            following = _most(places, powers) or pivot
            if following == words:
                break
        shares = [_shares(place, errors) for place in places]
        return RecountedText(words, places, powers, shares, _word_error(places, shares, len(words)))


def independent(heard: Sequence[Heard]) -> list[Heard]:
    """Return those that count, by name: of a rare text only who may have written it alone.

    Rare is a text with three words that nobody else has, where others wrote something else. Of
    those who wrote it and began from the draft one counts, the most reliable. Where two others
    wrote something else, who has the same text as a more reliable one differs from them in no word:
    that must not be less likely than 1 in 100, with as many differences to expect as both usually
    have wrong words.
    """
    ranked = sorted(filter(lambda one: one.words, heard), key=lambda one: one.words)
    texts = [list(same) for _, same in groupby(ranked, key=lambda one: one.words)]
    kept: list[Heard] = []
    for same in texts:
        others = [one for text in texts if text is not same for one in text]
        elsewhere = {word for one in others for word in one.words}
        rare = len(set(same[0].words) - elsewhere) >= 3
        first, *rest = sorted(same, key=lambda one: (one.error, one.name))
        if rare and others:
            begun = [one for one in (first, *rest) if one.drafted]
            rest = [one for one in rest if one not in begun[1:]]
        length = len(first.words)
        likely = [
            one
            for one in rest
            if not rare
            or len(others) < 2
            or (-(first.error + one.error) * length).exp() >= Decimal("0.01")
        ]
        kept += [first, *likely]
    return sorted(kept, key=lambda one: one.name)


def _power(error: Decimal) -> int:
    return max(1, int((1000 * error.ln() ** 2).to_integral_value()))


def _medoid(heard: Sequence[Heard], powers: Sequence[int]) -> Words:
    def apart(words: Words) -> int:
        return sum(
            power * Table(words, one.words).distance
            for one, power in zip(heard, powers, strict=True)
            if one.words != words
        )

    distances = {words: apart(words) for words in {one.words for one in heard}}
    return min(distances, key=lambda words: (distances[words], words))


def _places(pivot: Words, heard: Sequence[Heard]) -> list[TextPlace]:
    """Return the places along the pivot; words that it has not stand in order before its own."""
    own: list[list[int | None]] = [[None] * len(heard) for _ in pivot]
    more: list[list[list[int]]] = [[[] for _ in heard] for _ in range(len(pivot) + 1)]
    for voter, one in enumerate(heard):
        before = 0
        for row, column in Table(pivot, one.words).pairs():
            if row is not None:
                own[row][voter], before = column, row + 1
            elif column is not None:
                more[before][voter].append(column)
    return [place for at in range(len(pivot) + 1) for place in _at(at, pivot, heard, own, more)]


def _at(
    at: int,
    pivot: Words,
    heard: Sequence[Heard],
    own: Sequence[Sequence[int | None]],
    more: Sequence[Sequence[Sequence[int]]],
) -> Iterator[TextPlace]:
    for depth in range(max(map(len, more[at]), default=0)):
        found = [words[depth] if depth < len(words) else None for words in more[at]]
        yield _place(NO_WORD, heard, found)
    if at < len(pivot):
        yield _place(pivot[at], heard, own[at])


def _place(own: str, heard: Sequence[Heard], at: Sequence[int | None]) -> TextPlace:
    words = [NO_WORD if i is None else one.words[i] for one, i in zip(heard, at, strict=True)]
    return TextPlace(own, tuple(words), tuple(at))


def _most(places: Sequence[TextPlace], powers: Sequence[int]) -> Words:
    chosen = []
    for place in places:
        counts: dict[str, int] = defaultdict(int)
        for word, power in zip(place.heard, powers, strict=True):
            counts[word] += power * (10 if word else 7)
        most = max(counts.values())
        tied = sorted(word for word, count in counts.items() if count == most)
        chosen.append(place.own if place.own in tied else tied[-1])
    return tuple(filter(None, chosen))


def _errors(places: Sequence[TextPlace], heard: Sequence[Heard], length: int) -> list[Decimal]:
    if len(heard) == 1:
        return [heard[0].error]
    wrong = [sum(place.heard[at] != place.own for place in places) for at in range(len(heard))]
    return [
        _error(one, edits, max(length, len(one.words)))
        for one, edits in zip(heard, wrong, strict=True)
    ]


def _error(one: Heard, edits: int, length: int) -> Decimal:
    if 4 * edits > 3 * length:
        return ERROR_BOUNDS[1]
    return bounded((40 * one.error + edits) / (40 + length))


def _shares(place: TextPlace, errors: Sequence[Decimal]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    sums[place.own] += 0
    for word, error in zip(place.heard, errors, strict=True):
        evidence = Decimal("0.4") * (((1 - error) / error).ln() + Decimal("0.75"))
        if evidence > 0:
            sums[word] += evidence * (1 if word else Decimal("0.7"))
    if sums.keys() == {NO_WORD}:
        return {NO_WORD: Decimal(1)}
    odds = {word: total.exp() for word, total in sums.items()}
    whole = Decimal("-0.5").exp() + sum(odds.values())
    return {word: part / whole for word, part in odds.items()}


def _word_error(
    places: Sequence[TextPlace], shares: Sequence[Mapping[str, Decimal]], length: int
) -> Decimal:
    doubts = [
        (1 - share[place.own]) * (1 if place.own else Decimal("0.5"))
        for place, share in zip(places, shares, strict=True)
    ]
    return min(Decimal(1), sum(doubts, Decimal(0)) / length)
