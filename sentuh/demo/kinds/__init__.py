"""The door to what the demo sends of each kind of question beside the choices.

A kind that has a file here is in the demo; its file is found by the kind's name.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from sentuh.demo.kinds.terms import Material
from sentuh.demo.material import ModelOutput
from shared.contracts.questions import KINDS

MATERIALS: Mapping[str, Material] = {
    there.name: import_module(f"{__name__}.{there.name}").MATERIAL
    for there in iter_modules(__path__)
    if there.name in KINDS
}
"""What there is of each kind, by its name; a kind of which there is nothing is left out."""


def outputs(seed: int, each: int) -> list[ModelOutput]:
    """Return so many outputs of each kind that this machine can make."""
    left_out = lacking()
    return [
        replace(output, kind=kind)
        for kind, material in MATERIALS.items()
        if kind not in left_out
        for output in material.outputs(seed, each)
    ]


def lacking() -> dict[str, str]:
    """Return why this machine cannot make the outputs of a kind, by kind."""
    reasons = {kind: material.lacking() for kind, material in MATERIALS.items()}
    return {kind: reason for kind, reason in reasons.items() if reason is not None}
