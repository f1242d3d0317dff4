"""Finds the one tensor of an Open Inference Protocol reply that says what the model put out."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.formats import payload as read_as
from services.intake.formats import stated_labels
from services.intake.formats.classifiers.without_names import SEVERAL, Classes, sought
from services.intake.formats.payload import PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import JsonObject

_DIMENSIONS_MAX = 16


class Tensor(NamedTuple):
    """One tensor: its values in row-major order for a single input, and their JSON path."""

    datatype: str
    values: Sequence[JsonValue]
    path: str


def outputs_of(payload: JsonValue) -> list[JsonObject]:
    """Return the tensors of a reply, or none if it is no such reply."""
    outputs = payload.get("outputs") if isinstance(payload, dict) else None
    if not isinstance(outputs, list) or not outputs:
        return []
    tensors = [output for output in outputs if isinstance(output, dict)]
    return tensors if len(tensors) == len(outputs) and all(map(_is_tensor, tensors)) else []


def tensor_of(payload: JsonObject, label_map: Classes) -> Tensor:
    """Return the tensor that the label map names, or the only one.

    Raises Refused for several where none is named, for one that is not there, for data of another
    size than its shape, and for a batch.
    Example: shape [1, 3] with three numbers is the row of one input.
    """
    outputs = read_as.a_list(payload.get("outputs"), "$.outputs")
    at = _place([read_as.an_object(output, "$.outputs[]") for output in outputs], label_map)
    output, path = read_as.an_object(outputs[at], "$.outputs[]"), f"$.outputs[{at}]"
    parameters = output.get("parameters")
    if isinstance(parameters, dict) and "binary_data_size" in parameters:
        fix = "ask for JSON data (binary_data: false)"
        raise read_as.bad(f"{path}: its data is beside the JSON, as bytes: {fix}")
    values = _flat(read_as.a_list(output.get("data"), f"{path}.data"), f"{path}.data")
    _check_single(output.get("shape"), values, path)
    datatype = output.get("datatype")
    return Tensor(datatype if isinstance(datatype, str) else "", values, f"{path}.data")


def beside_tensors(facts: PayloadFacts, payload: JsonObject, label_map: Classes) -> PayloadFacts:
    """Return the facts, without their confidence where another tensor states another label."""
    others = {
        str(output["name"]): output.get("data")
        for output in outputs_of(payload)
        if isinstance(output.get("name"), str)
    }
    return stated_labels.compared(facts, others, "$.outputs", classes=label_map.classes)


def _is_tensor(output: JsonObject) -> bool:
    return "shape" in output and "datatype" in output


def _place(outputs: Sequence[JsonObject], label_map: Classes) -> int:
    name = label_map.output
    if name is not None:
        places = [at for at, output in enumerate(outputs) if output.get("name") == name]
        if len(places) != 1:
            fix = "correct it there, or ask the server for it"
            raise read_as.bad(f"$.outputs: has no tensor {name}, which the catalog names: {fix}")
        return places[0]
    if len(outputs) == 1:
        return 0
    if not outputs:
        raise Refused(Reason.EMPTY_PAYLOAD, "$.outputs: is empty: send what the model put out")
    fix = "name the one with the classes' numbers in the catalog: models, output"
    where = f"there are several tensors in $.outputs, and {sought(label_map)}"
    raise Refused(Reason.MISSING, f"models: {where}: {fix}")


def _flat(data: list[JsonValue], where: str) -> list[JsonValue]:
    """Return nested or flat data as one list, in row-major order."""
    for _ in range(_DIMENSIONS_MAX):
        if not any(isinstance(item, list) for item in data):
            return data
        data = [inner for item in data for inner in (item if isinstance(item, list) else [item])]
    raise read_as.bad(f"{where}: nests too deep: send flat data")


def _check_single(shape: JsonValue, values: Sequence[JsonValue], path: str) -> None:
    sizes = read_as.a_list(shape, f"{path}.shape")
    whole = [size for size in sizes if isinstance(size, int) and not isinstance(size, bool)]
    if len(whole) != len(sizes) or len(whole) > _DIMENSIONS_MAX or min(whole, default=1) < 1:
        raise read_as.bad(f"{path}.shape: send whole numbers above 0")
    if prod(whole) != len(values):
        raise read_as.bad(f"{path}.data: send as many values as its shape says")
    if any(size > 1 for size in whole[:-1]):
        raise read_as.bad(f"{path}.shape: {SEVERAL}")
