"""What a model has shown, and tasks of which it said something."""

from collections.abc import Sequence
from itertools import count

from services.qa.state import KeptWitness
from services.qa.witness.kept import is_blind
from services.qa.witness.lessons import EACH, entry_of
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import Witness
from shared.state.highest import text_with
from tests.support.builders import a_policy, a_task, after, an_output

SURE_OF_IT = 0.97
SHARE = 0.5


def shown(
    lessons: Sequence[tuple[str, float]],
    model: str = "animals",
    text: str = "",
    *,
    begins: int = 0,
) -> str:
    """Return a bucket in which a model has shown these, each an answer and how right it was."""
    for number, (said, right) in enumerate(lessons):
        one = Witness(
            model=model,
            version="3",
            answer=said,
            confidence=SURE_OF_IT,
            right_milli=round(1000 * right),
        )
        entry = entry_of(after(begins + number), f"{model}-{number}", one)
        text = text_with(text, entry, most=2 * EACH)
    return text


def a_witness(answer: str = "cat", *, blind: bool = False, lessons: str = "") -> KeptWitness:
    return KeptWitness(answer, SURE_OF_IT, "animals", "3", blind, lessons)


def a_witnessed_task(number: int = 0, *, blind: bool = False, answer: str = "cat") -> TaskCreated:
    """The task of this number among those that are judged without its model, or with it."""
    names = (f"t-{candidate}" for candidate in count())
    some = (name for name in names if is_blind(name, SHARE) is blind)
    task_id = next(name for at, name in enumerate(some) if at == number)
    policy = a_policy(witness_blind_share=SHARE, confidence=0.995)
    output = an_output(answer, SURE_OF_IT)
    return a_task(task_id, policy=policy).model_copy(update={"output": output})
