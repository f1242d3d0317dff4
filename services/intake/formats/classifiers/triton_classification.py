"""The format `triton.classification`: Triton's best classes as text, `value:index[:label]`.

A tensor of BYTES such as `["0.81:2:cat", "0.11:0:dog"]`, which Triton sends where a request asks
for classification. The label comes from the model's label file; without it the catalog's label map
names the class by its index. The values are the model's own, so logits are refused where the label
map does not say that they are, and all classes were asked for.
"""

import re

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.classifiers import without_names
from services.intake.formats.classifiers.tensors import (
    Tensor,
    beside_tensors,
    outputs_of,
    tensor_of,
)
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output

_CLASS = re.compile(
    r"([-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][-+]?[0-9]{1,3})?|inf|nan)):([0-9]{1,9})(?::(.*))?",
    re.DOTALL,
)


def recognises(payload: JsonValue) -> bool:
    """Return whether a tensor of this reply holds text of the form `value:index`."""
    return any(
        output.get("datatype") == "BYTES" and _are_classes(output.get("data"))
        for output in outputs_of(payload)
    )


def _are_classes(data: JsonValue) -> bool:
    while isinstance(data, list) and data and isinstance(data[0], list):
        data = data[0]
    if not isinstance(data, list) or not data:
        return False
    return all(isinstance(item, str) and _CLASS.fullmatch(item) for item in data)


def read(envelope: Envelope) -> Output:
    """Return the output: the best class is the answer, its value the confidence.

    Raises Refused for a batch, for classes that nothing names, and for values off 0..1.
    """
    payload = read_as.an_object(envelope.payload, "$")
    model, version = payload.get("model_name"), payload.get("model_version")
    label_map = without_names.map_of(envelope, model=model, version=version)
    facts = beside_tensors(_of_tensor(tensor_of(payload, label_map), label_map), payload, label_map)
    facts = facts._replace(model=read_as.a_line(model), model_version=read_as.a_line(version))
    return read_as.output("triton.classification", envelope, facts)


def _of_tensor(tensor: Tensor, label_map: without_names.Classes) -> PayloadFacts:
    rows = [
        _class(value, label_map, f"{tensor.path}[{at}]") for at, value in enumerate(tensor.values)
    ]
    if isinstance(label_map, without_names.NoLabelMap) or label_map.scores != "logit":
        return read_as.classified(rows, lambda at: f"{tensor.path}[{at}]")
    by_label = dict(rows)
    if set(by_label) != set(label_map.classes):
        raise read_as.bad(f"{tensor.path}: send the logits of all classes that the catalog lists")
    row: list[JsonValue] = [by_label[label] for label in label_map.classes]
    return without_names.of_row(row, label_map, lambda _: f"{tensor.path}[0]")


def _class(value: JsonValue, label_map: without_names.Classes, where: str) -> tuple[str, float]:
    parts = _CLASS.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise read_as.bad(f"{where}: send text of the form value:index or value:index:label")
    score, index, label = float(parts[1]), int(parts[2]), parts[3]
    if label:
        return read_as.a_label(label, where), _number(score)
    classes = without_names.named(label_map, f"the class at {where}").classes
    if index >= len(classes):
        raise read_as.bad(f"{where}: send the number of a class that the catalog lists")
    return classes[index], _number(score)


def _number(score: float) -> float:
    return score if score == score else float("-inf")  # noqa: PLR0124


FORMAT = Format(
    "triton.classification",
    recognises,
    read,
    marks=("outputs",),
    programs="Triton's classification extension",
    confidence="the best class's value, where it is a probability",
    without=read_as.REFUSED,
    example={
        "model_name": "animals",
        "model_version": "1",
        "outputs": [
            {
                "name": "probs", "datatype": "BYTES", "shape": [1, 2],
                "data": ["0.81:2:cat", "0.11:0:dog"],
            }
        ],
    },
)  # fmt: skip
