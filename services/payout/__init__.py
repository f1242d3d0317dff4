"""Payout: records what each worker has earned by which answer, exactly once.

Consumes: `assignments` (answers delivered) and `verdicts` (when what is owed becomes payable).
Journal: `earnings`: each earning, first accrued (owed), then confirmed (payable).
Owns: the earnings of each task, and the accounts that their double entries add up to.
Guarantees: one earning per task and worker, at the pay quoted in the offer, owed when the answer is
delivered and payable when the verdict is in, whatever the answer was.
"""

from shared.contracts.card import Card
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, VERDICTS

CARD = Card(
    service="payout",
    consumes=(ASSIGNMENTS, VERDICTS),
    also_folds=(VERDICTS,),
    journal=EARNINGS,
    state_version=2,  # raise it where a key, a field or a packing of what Redis holds changes
)
