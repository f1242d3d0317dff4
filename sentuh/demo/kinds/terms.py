"""What the demo has of a kind of question: outputs to send, and a measure of the answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from sentuh.demo.chance import chance
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

SURE, UNSURE = 0.97, 0.6
_SURE_IF_RIGHT, _SURE_IF_WRONG = 0.3, 0.05
"""How often a model says that it is sure; it is not always so where it is right."""


@dataclass(frozen=True, slots=True)
class Measured:
    """So much of so many, as wrong words of words; sums of both give the share over all outputs."""

    amount: float
    of: float


@dataclass(frozen=True)
class Material:
    """What the demo has of one kind.

    `outputs(seed, count)` are so many outputs of its task types. `measure(answer, truth)` compares
    an answer with the right one; `measures` is what it counts, as `wrong words`, and `noun` what it
    is of. `lacking()` says why this machine cannot make them, if so.
    """

    outputs: Callable[[int, int], list[ModelOutput]]
    measure: Callable[[Answer, Answer], Measured]
    measures: str
    lacking: Callable[[], str | None] = lambda: None
    as_share: bool = True
    """Whether the measure reads as a percentage; else as a number, such as points of a scale."""


def an_output(
    task_type: str, id_: str, response: Mapping[str, JsonValue], **more: JsonValue
) -> Callable[[Answer, Answer], ModelOutput]:
    """Return a function of the right and the model's answer that makes an output of our own form.

    `more` are further fields of its envelope, as `request`; `seed` is the first part of the id.
    """

    def made(truth: Answer, model_answer: Answer) -> ModelOutput:
        right = truth == model_answer
        often = _SURE_IF_RIGHT if right else _SURE_IF_WRONG
        sure = SURE if chance("sure", task_type, id_) < often else UNSURE
        stated: JsonValue = {"value": sure}
        answered: dict[str, JsonValue] = {"confidence": stated, **response}
        envelope: dict[str, JsonValue] = {"task_type": task_type, "response": answered, **more}
        return ModelOutput(
            source=f"/models/{task_type}",
            id=id_,
            format="sentuh.output",
            task_type=task_type,
            correlation_id=id_,
            envelope=envelope,
            truth=truth,
            model_answer=model_answer,
        )

    return made
