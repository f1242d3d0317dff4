"""Computes how much one answer counts: the share of words its worker usually has right."""

from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.transcript.voters import ERROR_MAX, ERROR_MIN
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

WEIGHT_DIGITS = 6
TRANSCRIPTS_STRENGTH = 5  # a text of many words tells more of its writer than one choice does


def weigh(
    _: Transcript, __: TranscriptQuestion, worker: Reliability, population: Population
) -> float:
    """Return the share of words that the worker usually has right, as it is recorded.

    Their own counters, and the mean of all workers counted as TRANSCRIPTS_STRENGTH answers.
    Example: without counters it is the mean of all workers.
    """
    strength = TRANSCRIPTS_STRENGTH
    mean = (worker.agreed + population.mean * strength) / (worker.answers + strength)
    return round(min(1 - ERROR_MIN, max(1 - ERROR_MAX, mean)), WEIGHT_DIGITS)
