"""Words for what the model itself had said about a task, and what that counted, or why nothing."""

from collections.abc import Mapping

from sentuh.history.collect import History
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import LeftOut, Witness
from shared.contracts.question import NO_QUESTION


def own_answer(witness: Witness, history: History) -> str:
    """Return a sentence about the model's own answer.

    Example: the model said “cat” and that it was 93 % sure, counted .71, because it was right in
    84 % of 61 tasks judged without it in which it was as sure.
    """
    asked = next((task.question_asked for task in history.tasks.values()), NO_QUESTION)
    said = asked.in_words(witness.answer)
    sure = f"the model said {said} and that it was {share(witness.confidence)} sure"
    if witness.weight is None:
        return f"{sure}, not counted, because {why_so_much(witness)}"
    counted = f"{witness.weight:.2f}".removeprefix("0")
    return f"{sure}, counted {counted}, because {why_so_much(witness)}"


def why_so_much(witness: Witness) -> str:
    """Return why the model's answer counted as much as it did, or not at all."""
    left_out = witness.left_out
    if left_out is None:
        return _shown(witness)
    if left_out == "chance":
        return f"{_shown(witness)}, no more than chance"
    if left_out == "unproven":
        return f"only {witness.lessons} tasks judged without it show what it is worth"
    return _WHY[left_out]


def _shown(witness: Witness) -> str:
    how_many = f"{share(witness.right)} of {witness.lessons} tasks judged without it"
    return f"it was right in {how_many} in which it was as sure"


_WHY: Mapping[LeftOut, str] = {
    "blind": "this task is one of those judged without it, to learn what it is worth",
    "gold": "this task measures what it is worth",
    "alone": "nobody's answer counted",
    "tied": "people's answers alone name no one answer",
}
