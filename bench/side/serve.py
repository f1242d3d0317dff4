"""Does what it is told, line by line in JSON on standard input, until that ends.

A line is `{"do": name, "with": {...}}`; the answer is `{"done": ...}` or `{"failed": text}`, and
before it as many `{"says": text}` as there is to say.
"""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
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
            self._stay = None

    def _say(self, **what: Any) -> None:
        self._answers.write(json.dumps(what) + "\n")

    def _tell(self, what: str) -> None:
        self._say(says=what)

    def _work(self) -> Mapping[str, Work]:
        """Everything it can be told to do."""
        return {
            "interpreter": interpreter,
            "counts": self._counts,
            "station": self._station,
            "run": self._run,
            "caught up": self._caught_up,
            "leave": self.end,
            "turn": self._turn,
            "growth": self._growth,
            "weights": self._weights,
            "format": self._format,
        }

    # Imported as late as can be: what is not asked for need not be there in an older build.

    def _counts(self, **how: Any) -> Any:
        from bench.side.counted import counts

        return counts(**how)

    def _format(self, **how: Any) -> float:
        from bench.side.by_format import cpu

        return cpu(**how)

    def _station(self, place: Mapping[str, Any], service: str, records: int) -> None:
        from bench.side.place import Place
        from bench.side.station import Station

        self._stay = Station(Place(**place), service, records, self._tell)

    def _run(self) -> Any:
        return self._stay.run()

    def _caught_up(self) -> Any:
        return self._stay.caught_up()

    def _turn(self, place: Mapping[str, Any], number: int) -> Any:
        from bench.side.place import Place
        from bench.side.turn import Turn

        return asyncio.run(Turn(Place(**place), number, self._tell).stages())

    def _growth(self, place: Mapping[str, Any], many: int) -> Any:
        from bench.side.borrowed import growth
        from bench.side.place import Place

        return [asdict(one) for one in growth.growth(Place(**place).on, many, self._tell)]

    def _weights(self, place: Mapping[str, Any], count: int) -> Any:
        from bench.side.borrowed import weight
        from bench.side.place import Place

        return asdict(weight.weights(Place(**place).on, count, self._tell))
