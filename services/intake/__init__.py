"""Intake: which model outputs people must see, each with the rules it is judged by."""

from shared.contracts.card import Card
from shared.contracts.topics import MODEL_OUTPUTS, TASKS

CARD = Card(
    service="intake",
    consumes=(MODEL_OUTPUTS,),
    journal=TASKS,
    form=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
"""Owns each output's ending. Guarantees: of one source and id the first content becomes one task
or one waiver, under the catalog of that moment; the same content again changes nothing, another
content is refused, and what nobody can read or answer is a dead letter that says why."""
