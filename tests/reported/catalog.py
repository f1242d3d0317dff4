"""The shipped catalog as the cases need it: nothing audited, and a language asked for."""

import json

import yaml

from services.intake.catalog import Catalog
from tests.architecture.source import ROOT

FURTHER = {"numbers": ("2", "9", "10"), "tongues": ("__label__ko", "__label__zh")}
"""Task types whose options are the labels of the outputs of some programs."""


def written() -> str:
    """Return the catalog as a file: no audits, so that the confidence alone decides.

    Whoever answers `canonical` has English, so that a worker's language is compared with it. Digits
    need no picture, since the outputs of real programs came without one.
    """
    read = yaml.safe_load((ROOT / "deploy" / "catalog.yaml").read_text(encoding="utf-8"))
    for row in read["task_types"].values():
        if "gate" in row:  # a second stage has none
            row["gate"]["audit_share"] = 0.0
    read["task_types"]["digits"]["shows"] = []
    read["task_types"]["canonical"]["requirement"] = {"languages": ["en"]}
    for name, options in FURTHER.items():
        read["task_types"][name] = {
            **read["task_types"]["digits"],
            "options": list(options),
            "accepts": [],
        }
    return json.dumps(read)


def loaded() -> Catalog:
    """Return the same catalog, read."""
    return Catalog.model_validate_json(written())
