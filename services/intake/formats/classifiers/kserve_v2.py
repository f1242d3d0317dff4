"""The format `kserve.v2`: a reply in the Open Inference Protocol, by KServe, MLServer and Triton.

`{"model_name", "outputs": [{"name", "shape", "datatype", "data"}]}`, data nested or flat. Floats
are one row, an integer is a class's number; the catalog's label map, looked up by the reply's model
and version, names the classes and, of several tensors, the one to read. Text (BYTES) is a class's
name, or JSON with labels and scores, as MLServer's Hugging Face runtime sends it. Names and numbers
of classes come without a confidence. More than one input is a batch and refused.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.classifiers import triton_classification, without_names
from services.intake.formats.classifiers.tensors import (
    Tensor,
    beside_tensors,
    outputs_of,
    tensor_of,
)
from services.intake.formats.classifiers.without_names import Classes
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.pipelines import hf_text_classification
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import parse


def recognises(payload: JsonValue) -> bool:
    """Return whether these are tensors, none of them in the form of Triton's classification."""
    tensors = outputs_of(payload)
    return bool(tensors) and not triton_classification.recognises(payload)


def read(envelope: Envelope) -> Output:
    """Return the output of the one input. Raises Refused for a batch, and for unnamed classes."""
    payload = read_as.an_object(envelope.payload, "$")
    model, version = payload.get("model_name"), payload.get("model_version")
    label_map = without_names.map_of(envelope, model=model, version=version)
    tensor = tensor_of(payload, label_map)
    facts = beside_tensors(_of_tensor(tensor, label_map, envelope), payload, label_map)
    facts = facts._replace(
        model=read_as.a_line(model), model_version=facts.model_version or read_as.a_line(version)
    )
    return read_as.output("kserve.v2", envelope, facts)


def _of_tensor(tensor: Tensor, label_map: Classes, envelope: Envelope) -> PayloadFacts:
    values, path = tensor.values, tensor.path
    if len(values) > 1:
        if tensor.datatype == "BYTES":
            raise read_as.bad(f"{path}: {without_names.SEVERAL}")
        known = without_names.named(label_map, f"the numbers at {path}")
        return without_names.of_row(values, known, lambda at: f"{path}[{at}]")
    value = values[0]
    if tensor.datatype != "BYTES":
        return without_names.of_one(value, label_map, f"{path}[0]")
    text = read_as.a_text(value, f"{path}[0]")
    if text.lstrip()[:1] in {"{", "["}:
        return _of_json(text, envelope, f"{path}[0]")
    return without_names.of_one(text, label_map, f"{path}[0]")


def _of_json(text: str, envelope: Envelope, where: str) -> PayloadFacts:
    """Return the facts of labels and scores that stand in a tensor as JSON text."""
    inner = parse(text.encode("utf-8", "replace"))
    if not hf_text_classification.recognises(inner):
        raise read_as.bad(f"{where}: send labels with scores, of a single input")
    sent = hf_text_classification.read(envelope._replace(payload=inner))
    path = sent.confidence.source_path
    confidence = sent.confidence.model_copy(
        update={"source_path": path and f"{where}{path.removeprefix('$')}"}
    )
    return PayloadFacts(confidence, labels=sent.labels, answer=sent.answer)


FORMAT = Format(
    "kserve.v2",
    recognises,
    read,
    marks=("outputs",),
    programs="KServe V2, MLServer, Triton (Open Inference Protocol)",
    confidence="the highest probability; class names by the catalog's `models`",
    example={
        "model_name": "iris",
        "model_version": "v1",
        "outputs": [
            {"name": "predict", "shape": [1, 1], "datatype": "BYTES", "data": ["virginica"]}
        ],
    },
)
