"""The model as a witness: its own answer counts beside people's, by what it has shown before.

`kept.py` says how its answer stands in qa's state, `lessons.py` packs what verdicts teach of it,
`hearing.py` decides whether it counts on a task and how much, and `judged.py` says so in the
verdict. All of it is pure. A model's lessons come only from tasks that were judged without it.
"""

from services.qa.witness.hearing import NOT_HEARD, Hearing, hear
from services.qa.witness.judged import TEACHES, judged_witness
from services.qa.witness.kept import bucket_of, entry_of_witness, witness_of

__all__ = [
    "NOT_HEARD",
    "TEACHES",
    "Hearing",
    "bucket_of",
    "entry_of_witness",
    "hear",
    "judged_witness",
    "witness_of",
]
