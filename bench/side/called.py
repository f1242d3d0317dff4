"""Counts calls of functions, Python's and C's: the same on a busy machine as on a quiet one."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LEFT_OUT = ("/asyncio/", "/redis/", "/selectors.py", "/bench/", "/tests/", "/msgpack/fallback")
"""Parts of a path: the event loop, the client of Redis, and the bench that stands for Kafka."""


class Calls:
    """Counts calls while it is entered: of Python functions, and of C functions they call.

    What the event loop and the client of Redis do is left out: how often they wake is chance. A
    coroutine that goes on counts as one more call.
    """

    def __init__(self) -> None:
        self.count = 0
        self._counted: dict[str, bool] = {}

    def __enter__(self) -> "Calls":
        sys.setprofile(self._watch())
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _watch(self) -> Callable[[FrameType, str, Any], None]:
        counted = self._counted

        def watch(frame: FrameType, event: str, _: Any) -> None:
            if event in ("call", "c_call"):  # of a C call the frame is the caller's
                path = frame.f_code.co_filename
                if path not in counted:
                    counted[path] = not any(part in path for part in LEFT_OUT)
                self.count += counted[path]

        return watch
