"""The kind `transcript`: what is said? An answer is the text that a person heard."""

from typing import Annotated

from pydantic import Field

from shared.contracts.part import Part
from shared.contracts.question import Kind
from shared.contracts.questions.transcript.detail import TranscriptDetail
from shared.contracts.questions.transcript.question import (
    CHARACTERS_MAX,
    TranscriptQuestion,
    TranscriptRow,
)
from shared.contracts.questions.transcript.unclear import PARTS_MAX

_Seconds = tuple[float, float]


class TranscriptText(Part):
    """What is said, and from which to which second it could not be understood."""

    text: str
    unclear: list[_Seconds] | None = None


class SentTranscript(TranscriptText):
    """The same with its bounds."""

    text: Annotated[str, Field(min_length=1, max_length=CHARACTERS_MAX)]
    unclear: Annotated[list[_Seconds], Field(max_length=PARTS_MAX)] | None = None


KIND = Kind(
    name="transcript",
    question=TranscriptQuestion,
    answer=TranscriptText,
    sent_answer=SentTranscript,
    row=TranscriptRow,
    waived_answer=dict[str, str],
    goal="word_error_max",
    detail=TranscriptDetail,
    drafts=True,
    answers_max=10,
    agreement_in_words=TranscriptQuestion.agreement_in_words,
)
"""Everything that the project knows of this kind."""
