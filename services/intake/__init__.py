"""Intake: which model outputs people must see, each with the rules it is judged by.

Consumes: `model-outputs`: what upstream models produced, in any known format.
Journal: `tasks`: each task for people, and each output whose own answer stands.
Owns: how each output ended, by its source and id.
Guarantees: of one source and id the first content becomes one task or one waiver, under the catalog
of that moment; the same content again changes nothing, other content is refused; an output nobody
can read or answer becomes a dead letter that says why.
"""

from shared.contracts.card import Card
from shared.contracts.topics import MODEL_OUTPUTS, TASKS

CARD = Card(
    service="intake",
    consumes=(MODEL_OUTPUTS,),
    journal=TASKS,
    state_version=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
