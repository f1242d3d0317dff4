"""What a catalog says of models whose servers send numbers without the names of classes."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.intake.catalog.file import Fault
from shared.contracts.labels import LabelText, look
from shared.contracts.part import BorderPart

Scores = Literal["probability", "logit", "second_class"]


def _a_key(name: str) -> str:
    """Return a model's name with or without its version; raises for one that no output can have."""
    model, at, version = name.rpartition("@")
    sound = name.isprintable() and len(name) <= 200 and name == name.strip()
    if sound and name and (not at or (model and version)):
        return name
    fix = "write the model's name, or name@version for one version of it"
    raise PydanticCustomError("invalid_field", "{fix}", {"fix": fix})


ModelKey = Annotated[str, AfterValidator(_a_key)]
"""A model as a catalog names it: `iris` for all of its versions, `iris@v2` for one."""


class LabelMap(BorderPart):
    """The classes of one model, in the order in which it puts out their numbers.

    output: the tensor or field with the numbers, where a reply has several. scores: what they are:
    probabilities, logits, which are turned into probabilities by softmax, or a lone number that is
    the probability of the second of two classes.
    Example: `{classes: [setosa, versicolor, virginica], output: predict_proba}`.
    """

    classes: Annotated[tuple[LabelText, ...], Field(min_length=2, max_length=1_000)]
    output: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    scores: Scores = "probability"


LabelMaps = Mapping[str, LabelMap]
"""By model: `name@version` for one version of it, `name` for all others."""

NO_LABEL_MAPS: LabelMaps = MappingProxyType({})


def label_map_of(maps: LabelMaps, model: str | None, version: str | None) -> LabelMap | None:
    """Return the label map of a model: that of this version, or else that of all of its versions.

    Example: with maps for `iris` and `iris@v2`, version v1 of iris has that of `iris`.
    """
    if not maps or model is None:
        return None
    return maps.get(f"{model}@{version}") or maps.get(model)


def faults_of_label_maps(maps: LabelMaps) -> Iterator[Fault]:
    """Yield classes of one model that people could take for one another, and scores that fit none.

    Example: `classes: [spam, Spam]`.
    """
    for name, sent in maps.items():
        classes: tuple[str, ...] = getattr(sent, "classes", ())
        first: dict[str, int] = {}
        for at, label in enumerate(classes):
            before = first.setdefault(look(label), at)
            if before != at:
                fault = f"{label} stands for two classes (also at [{before}])"
                yield ("models", name, "classes", at), fault, "give each class a name of its own"
        if getattr(sent, "scores", None) == "second_class" and len(classes) not in {0, 2}:
            fix = "name two classes, the second of which the number is for"
            yield ("models", name, "scores"), f"is for two classes, not {len(classes)}", fix
