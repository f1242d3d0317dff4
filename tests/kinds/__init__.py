"""One story for every kind of question, from a model's output to what people earn.

A file `tests/kinds/<kind>.py` says with a `SCENE` what is asked and what people answer. The story
is played in memory (`town.py`) and on a real broker (tests/journeys/test_kinds.py): somebody lets
an offer run out and answers late, somebody sends what is no answer and mends it, and in the end
there is a verdict, everybody is paid, and the audit finds nothing.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from shared.contracts.questions import KINDS
from tests.kinds.scene import Scene

SCENES: Mapping[str, Scene] = {
    kind: import_module(f"{__name__}.{kind}").SCENE
    for kind in KINDS
    if (Path(__file__).parent / f"{kind}.py").exists()
}
"""The scene of each kind that has one, by its name."""
