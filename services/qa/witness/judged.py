"""Says in a verdict what the model had said, what it counted, and what its next lesson is."""

from services.qa.state import KeptWitness
from services.qa.witness.hearing import Hearing
from shared.contracts.events.verdicts import Witness

TEACHES = frozenset({"blind", "gold"})
"""Why a witness is left out of a task that teaches what the model is worth, and no other."""


def judged_witness(witness: KeptWitness, hearing: Hearing, right_milli: int | None) -> Witness:
    """Return the verdict's field about its witness.

    right_milli: how probable people alone, or a gold's truth, make its answer; None where nothing
    is taught, since the task was not judged without it for that purpose.
    """
    return Witness(
        model=witness.model,
        version=witness.version,
        answer=witness.answer,
        confidence=witness.confidence,
        weight=hearing.weight,
        left_out=hearing.left_out,
        lessons=hearing.lessons,
        right=hearing.right,
        right_milli=right_milli,
    )
