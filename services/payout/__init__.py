"""Payout: what each worker has earned, once, and why."""

from shared.contracts.card import Card
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, VERDICTS

CARD = Card(
    service="payout",
    consumes=(ASSIGNMENTS, VERDICTS),
    also_folds=(VERDICTS,),
    journal=EARNINGS,
    form=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
"""Owns the jobs' lines and the accounts. Guarantees: per task and worker one earning, at the
quote of the offer, owed when the answer is delivered and payable when the verdict is in,
whatever the answer was."""
