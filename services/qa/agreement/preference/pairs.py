"""Reads rankings as comparisons of pairs, and adds up what is said of each pair."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import fsum

from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceQuestion, places_of

FIRST, SECOND, EQUAL = range(3)
"""What can be said of a pair: the one listed first is better, the other is, or they are equal."""
Pair = tuple[int, int]
"""Two candidates by their places in the question, the lower one first."""
Sums = Mapping[Pair, tuple[float, ...]]
"""By pair, the evidence for each thing that can be said of it."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ballot that ranks: the place of each candidate (0 is best), in the question's order."""

    assignment_id: str
    worker_id: str
    places: tuple[int, ...]

    def said_of(self, pair: Pair) -> int:
        """Return FIRST, SECOND or EQUAL."""
        one, other = (self.places[candidate] for candidate in pair)
        return FIRST if one < other else SECOND if one > other else EQUAL


def ranked(ballots: Iterable[Ballot[Answer]], question: PreferenceQuestion) -> Iterator[Ranked]:
    """Yield the ballots (counted answers) that rank the candidates; those for `none` do not."""
    for ballot in ballots:
        places = places_of(ballot.answer)
        if places is not None:
            at = tuple(places[candidate] for candidate in question.candidates)
            yield Ranked(ballot.assignment_id, ballot.worker_id, at)


def sums_of(
    rankings: Iterable[Ranked], worth: Mapping[str, float], question: PreferenceQuestion
) -> dict[Pair, tuple[float, ...]]:
    """Return the sums of evidence by pair, the same in any order of the rankings.

    `worth` is the evidence of each by its assignment id.
    """
    states = 3 if question.ties else 2
    parts: dict[Pair, tuple[list[float], ...]] = {
        pair: tuple([] for _ in range(states))
        for pair in combinations(range(len(question.candidates)), 2)
    }
    for ranking in rankings:
        places, evidence = ranking.places, worth[ranking.assignment_id]
        for (one, other), terms in parts.items():
            first, second = places[one], places[other]
            said = FIRST if first < second else SECOND if first > second else EQUAL
            terms[said].append(evidence)
    return {pair: tuple(map(fsum, terms)) for pair, terms in parts.items()}
