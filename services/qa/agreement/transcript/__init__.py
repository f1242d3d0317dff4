"""Combines transcripts: each counts by the share of words that its worker usually has right.

A text comes out that nobody may have written whole, with how sure each of its words is. Weighing a
medoid by running error and voting slot by slot halves the word error of CrowdSpeech's single
answers and is as good as ROVER at fewer answers; `python -m bench.agreement` measures it.
"""

from services.qa.agreement.terms import Agreement
from services.qa.agreement.transcript.stopping import stop
from services.qa.agreement.transcript.tallying import TranscriptTally, tally
from services.qa.agreement.transcript.teaching import lessons, nearness, same
from services.qa.agreement.transcript.weighing import weigh
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

__all__ = ["AGREEMENT", "TranscriptTally", "lessons", "nearness", "stop", "tally", "weigh"]

AGREEMENT = Agreement[TranscriptQuestion, Transcript, TranscriptTally](
    weigh, tally, stop, lessons, nearness, same
)
"""The functions that turn workers' transcripts into a verdict."""
