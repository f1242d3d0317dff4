"""Answers as witnesses of what was said: their words, and how much each counts.

Two people whose texts are identical, word for word, where others wrote something else, and whose
usual errors make that unlikely, have copied one machine's output: they count as one. So do those
who began from the model's draft, however likely it is that both would have written the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log

from services.qa.agreement.transcript.aligning import Keys
from shared.contracts.questions.transcript.words import Word

ERROR_MIN, ERROR_MAX = 0.01, 0.95  # nobody is so good, or so bad, that nothing else counts
PRIOR_WORDS = 40  # how many words of one text a person's usual share of wrong words is worth
STRANGE_MILLI = 750  # who differs from the text in more of its words did not write what was said
DRAFT_TIMES = 2  # how often the draft votes, whose errors have other causes than people's
OWN_WORDS_MIN = 3  # words that nobody else wrote, of a text that may be a copy
OTHERS_MIN = 2
CHANCE_MIN = 0.01  # two independent people are as unlikely as this to write the same


@dataclass(frozen=True)
class Voter:
    """One answer: its words, and the share of them that is usually right (`right`, 0..1).

    `name` is its assignment's id, and nothing for the model's draft. `drafted` is whether its
    writer began from that.
    """

    name: str
    words: tuple[Word, ...]
    right: float
    drafted: bool = False

    @cached_property
    def keys(self) -> Keys:
        """Its words in the form in which they are compared."""
        return tuple(word.key for word in self.words)

    @property
    def times(self) -> int:
        """How often it votes: people mishear the same words, and the model errs on its own."""
        return 1 if self.name else DRAFT_TIMES

    @property
    def error(self) -> float:
        """The share of its words that is usually wrong."""
        return min(ERROR_MAX, max(ERROR_MIN, 1 - self.right))

    def error_here(self, edits: int, words: int) -> float:
        """Return the share of wrong words to expect of it here, where it differs in `edits` words.

        `words` is the length of the text it differs from. Example: 40 words that are usually wrong
        in a tenth count like 40 of which 4 are wrong. Who differs in most words has nothing right.
        """
        length = max(words, len(self.words))
        if 1000 * edits > STRANGE_MILLI * length:
            return ERROR_MAX
        share = (PRIOR_WORDS * self.error + edits) / (PRIOR_WORDS + length)
        return min(ERROR_MAX, max(ERROR_MIN, share))


def power(error: float) -> int:
    """Return what one vote counts: the square of the logarithm of its error, in thousandths.

    Whole numbers are added without rounding, so ties are ties in any order of the votes.
    Example: an error of 0.1 counts 5302, and one of 0.3 counts 1450.
    """
    return max(1, round(1000 * log(error) ** 2))


def witnesses(voters: Iterable[Voter]) -> list[Voter]:
    """Return the voters that count, by name: those with words, and of copies the most reliable.

    Two answers without words do not agree: there is nothing in them to agree about.
    """
    by_text: dict[Keys, list[Voter]] = {}
    for voter in sorted(voters, key=lambda voter: (-voter.right, voter.name)):
        if voter.keys:
            by_text.setdefault(voter.keys, []).append(voter)
    vocabularies = {keys: frozenset(keys) for keys in by_text}
    counted: list[Voter] = []
    for keys, alike in by_text.items():
        others = [text for text in by_text if text != keys]
        strangers = sum(len(by_text[text]) for text in others)
        everybody_else = frozenset[str]().union(*(vocabularies[text] for text in others))
        own = len(vocabularies[keys] - everybody_else)
        rare = own >= OWN_WORDS_MIN and strangers > 0
        once = _without_copies(alike) if rare else alike
        counted += _independent(once) if rare and strangers >= OTHERS_MIN else once
    return sorted(counted, key=lambda voter: voter.name)


def _without_copies(alike: Sequence[Voter]) -> list[Voter]:
    """Return voters of one text, of those who began from the draft only the most reliable."""
    drafted = [voter.name for voter in alike if voter.drafted]
    return [voter for voter in alike if voter.name not in drafted[1:]]


def _independent(alike: Sequence[Voter]) -> list[Voter]:
    """Return the most reliable of voters of one text, and who may have written it on their own.

    The number of words in which two people differ is taken as Poisson distributed; its mean is the
    sum of the words that each usually has wrong.
    """
    best, words = alike[0], len(alike[0].words)
    return [
        voter
        for voter in alike
        if voter is best or exp(-(best.error + voter.error) * words) >= CHANCE_MIN
    ]
