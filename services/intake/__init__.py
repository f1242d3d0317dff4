"""Intake: decides which model outputs people must see, and by which rules they are judged.

Consumes: `model-outputs`: outputs of upstream models, in any known format; `model-outputs.qa`:
what qa asks people about; `verdicts`, by which gates with a promise learn; its own `gates`.
Journal: `tasks`: each task for people, and each output whose own answer is final (waived).
What gates with a promise learned stands on a second journal, `gates`, which is compacted.
Owns: whether each output became a task or was waived, by its source and id; requests of model
servers, until their responses come; what each gate with a promise learned.
Guarantees: of one source and id the first content becomes one task or one waiver, under the catalog
of that moment; the same content again changes nothing, other content is refused; an output nobody
can read or answer becomes a dead letter that says why.
"""

from shared.contracts.card import Card
from shared.contracts.topics import GATES, MODEL_OUTPUTS, MODEL_OUTPUTS_QA, TASKS, VERDICTS

CARD = Card(
    service="intake",
    consumes=(MODEL_OUTPUTS, MODEL_OUTPUTS_QA, VERDICTS, GATES),
    also_folds=(GATES,),
    journal=TASKS,
    keeps=GATES,
    ends_by=(MODEL_OUTPUTS, MODEL_OUTPUTS_QA),
    state_version=3,  # raise it where a key, a field or a packing of what Redis holds changes
)
