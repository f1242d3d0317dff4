"""Transcripts of few different words, in which everything that can happen happens often."""

from collections.abc import Collection, Sequence

from hypothesis import strategies as st

from services.qa.agreement.terms import Ballot, Draft
from services.qa.agreement.transcript import TranscriptTally, tally
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

QUESTION = TranscriptQuestion(
    language="en", rules=("case", "punctuation", "short_forms", "numbers")
)
RIGHT = 0.82


def words(of: Sequence[str] = ("a", "b", "c", "d", "E", "f.")) -> st.SearchStrategy[str]:
    """Return texts of up to eight of these words, some of them without any."""
    return st.lists(st.sampled_from(of), max_size=8).map(" ".join)


weighted = st.lists(st.tuples(words(), st.floats(0, 1)), max_size=7)
"""Texts, and the share of words that each one's worker usually has right."""


begun = st.sets(st.integers(0, 7))
"""Which answers began from the model's draft, by their places."""


def ballots_of(
    texts: Sequence[str], drafted: Collection[int] = frozenset()
) -> list[Ballot[Transcript]]:
    """Return an answer for each text, by a worker each; those at `drafted` began from a draft."""
    return [
        Ballot(f"a-{at}", f"w-{at}", {"text": text}, at in drafted) for at, text in enumerate(texts)
    ]


def a_draft(text: str, weight: float = 0.9) -> Draft[Transcript]:
    """Return a model's draft that counts as much as somebody who is right this often."""
    answer: Transcript = {"text": text}
    return Draft(answer, weight)


def tallied(*texts: str, right: float = RIGHT, **more: float) -> TranscriptTally:
    """Return what these texts make, each by a worker right that often; `a2=0.5` for one of them."""
    ballots = ballots_of(texts)
    weights = {b.assignment_id: more.get(b.assignment_id.replace("-", ""), right) for b in ballots}
    return tally(ballots, QUESTION, weights)


def text_of_tally(outcome: TranscriptTally) -> str | None:
    """Return the text that came out."""
    return None if outcome.answer is None else str(outcome.answer["text"])
