"""Does what it is told, line by line in JSON on standard input, until that ends.

A line is `{"do": name, "with": {...}}`; the answer is `{"done": ...}` or `{"failed": text}`, and
before it as many `{"says": text}` as there is to say.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from bench.side.interpreter import interpreter
from bench.side.quiet import quieten

Work = Callable[..., Any]


def main() -> None:
    """Answer every line."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints stands in nobody's way
    quieten()
    served = Served(answers)
    for line in sys.stdin:
        served.answer(line)
    served.end()


class Served:
    """The measurements of this build; those that stay are kept between two lines."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._stay: Any = None

    def answer(self, line: str) -> None:
        """Do what a line says, and tell what came of it."""
        asked = json.loads(line)
        try:
            done = self._work()[asked["do"]](**asked["with"])
        except BaseException:  # noqa: BLE001 - told to whom asked, who ends
            self._say(failed=traceback.format_exc())
            return
        self._say(done=done)

    def end(self) -> None:
        """End what stays."""
        if self._stay is not None:
            self._stay.stop()

    def _say(self, **what: Any) -> None:
        self._answers.write(json.dumps(what) + "\n")

    def _tell(self, what: str) -> None:
        self._say(says=what)

    def _work(self) -> Mapping[str, Work]:
        """Imports as late as it can: counting needs no Kafka."""
        from bench.side.counted import counts

        return {
            "interpreter": interpreter,
            "counts": counts,
        }
