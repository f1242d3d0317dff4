"""Makes a verdict fit its record: what is too large is named by digest, or left out."""

from shared.contracts.envelope import json_of
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import digest_of
from shared.contracts.topics import VERDICTS

VERDICT_BYTES_MAX = VERDICTS.size_bytes_max - 16 * 1024
"""Largest size of a verdict as JSON. The rest of its record's bound is left as room."""


def fitting(verdict: VerdictReached) -> VerdictReached:
    """Return the verdict so that Kafka takes it, as little changed as may be.

    First all votes name their answers by digest, which the journal of assignments holds; then the
    distribution is left out, then the detail. The answer always stays.
    """
    votes = tuple(_by_digest(vote) for vote in verdict.votes)
    changes: tuple[dict[str, object], ...]
    changes = {}, {"votes": votes}, {"distribution": {}}, {"detail": None}
    for change in changes:
        verdict = verdict.model_copy(update=change)
        if len(json_of(verdict)) <= VERDICT_BYTES_MAX:
            break
    return verdict


def _by_digest(vote: Vote) -> Vote:
    digest = vote.digest or digest_of(vote.answer)
    return vote.model_copy(update={"answer": None, "digest": digest})
