"""Picks the verdict of a run that its report explains: one on which people did not agree."""

from sentuh.demo.journal import Journal
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED


def worth_explaining(journal: Journal) -> str | None:
    """Return the task with the most to explain: people disagree, and are not all believed alike.

    None where people judged nothing. Of equals the latest stands: by then people were known.
    """
    judged = [one for one in journal.verdicts.values() if one.by == "people" and one.votes]
    best = max(judged, key=_to_explain, default=None)
    return None if best is None else best.task_id


def _to_explain(verdict: VerdictReached) -> tuple[bool, bool, int, str]:
    counted = [vote for vote in verdict.votes if vote.standing == "counted"]
    is_choice = verdict.kind in (None, KIND_IF_NONE_IS_NAMED)
    disagree = any(vote.answer != verdict.answer for vote in counted)
    return is_choice and disagree, len(counted) >= 3, _weights(verdict), verdict.at.isoformat()


def _weights(verdict: VerdictReached) -> int:
    return len({vote.weight for vote in verdict.votes if vote.weight is not None})
