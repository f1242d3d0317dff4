"""What a verdict on a transcript says beyond its text: how sure each word is."""

from operator import not_
from typing import Annotated

from pydantic import Field

from shared.contracts.part import Part, Probability


class WordConfidence(Part):
    """One word of the text as it is written there, and the probability that it is right.

    `alternatives` are what others have in its place, by the form in which words are compared, each
    with its probability; the empty text stands for no word. All together are below 1: the rest is
    that nobody wrote what was said.
    """

    word: str
    confidence: Probability
    alternatives: Annotated[dict[str, Probability], Field(exclude_if=not_)] = Field(
        default_factory=dict
    )


class TranscriptDetail(Part):
    """How sure each word of a transcript is.

    `expected_word_error` is the share of words expected to be wrong, those left out among them; the
    task stops at `stopping.word_error_max` of it.
    Example: 20 words, two of them sure by 0.5 and the others certain, give 0.05.
    """

    words: tuple[WordConfidence, ...]
    expected_word_error: Probability
