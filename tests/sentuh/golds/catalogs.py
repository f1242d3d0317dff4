"""A catalog with golds, on disk."""

import json
from pathlib import Path
from textwrap import dedent

from pydantic import JsonValue

GOLDS = """\
- id: mood-1
  truth: positive
  request: "What a lovely morning!"
  response: {text: "What a lovely morning!"}
- id: mood-2
  truth: negative
  request: "It broke after a day."
  response: {answer: negative}
  not_for: [w-9]
"""


def a_catalog(folder: Path, golds: str = GOLDS, **more: JsonValue) -> Path:
    """Write a catalog and its file of golds, and return the catalog's path."""
    row: dict[str, JsonValue] = {
        "pool": "main",
        "question": "What is the mood?",
        "options": ["positive", "negative"],
        "gate": {"threshold": 0.8, "audit_share": 0.0},
        "answers": {"min": 2, "max": 3},
        "stopping": {"confidence": 0.9},
        "times": {"accept_seconds": 60, "answer_seconds": 60, "task_seconds": 600},
        "rate_card": "usd",
        "golds": "mood.golds.yaml",
    }
    catalog = {
        "skills": {},
        "rate_cards": {"usd": {"currency": "USD", "amount_minor": 5}},
        "task_types": {"mood": row | more},
    }
    (folder / "mood.golds.yaml").write_text(dedent(golds))
    path = folder / "catalog.json"
    path.write_text(json.dumps(catalog))
    return path
