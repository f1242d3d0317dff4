"""Computes how much one answer counts: the share of words its worker usually has right."""

from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.transcript.voters import ERROR_MAX, ERROR_MIN
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

WEIGHT_DIGITS = 6
TRANSCRIPTS_STRENGTH = 5  # a text of many words tells more of its writer than one choice does
NEW_MIN = 0.85
"""The least share of words that somebody new is expected to have right.

Whoever writes other texts is told by each of them. They lower the mean of all, by which a good new
worker would count as little. With 40 % of CrowdSpeech's workers writing texts of other recordings
the verdicts' word error is then no higher than without these workers' answers.
"""


def weigh(
    _: Transcript, __: TranscriptQuestion, worker: Reliability, population: Population
) -> float:
    """Return the share of words that the worker usually has right, as it is recorded.

    Their own counters, and the mean of all workers, at least NEW_MIN, counted as
    TRANSCRIPTS_STRENGTH answers. Example: without counters it is the mean of all workers.
    """
    strength, of_new = TRANSCRIPTS_STRENGTH, max(NEW_MIN, population.mean)
    mean = (worker.agreed + of_new * strength) / (worker.answers + strength)
    return round(min(1 - ERROR_MIN, max(1 - ERROR_MAX, mean)), WEIGHT_DIGITS)
