"""Payout: what each worker has earned, once, and why.

Consumes: `assignments` (answers delivered) and `verdicts` (when what is owed becomes payable).
Journal: `earnings`: each line of money, first accrued, then confirmed.
Owns: the lines of each task and the accounts that their entries add up to.
Guarantees: one earning per task and worker, at the quote of the offer, owed when the answer is
delivered and payable when the verdict is in, whatever the answer was.
"""

from shared.contracts.card import Card
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, VERDICTS

CARD = Card(
    service="payout",
    consumes=(ASSIGNMENTS, VERDICTS),
    also_folds=(VERDICTS,),
    journal=EARNINGS,
    state_version=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
