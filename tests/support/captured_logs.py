"""What a module logs, whatever other tests have set up: loggers keep what they were given first."""

from types import ModuleType
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture


def logged(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[Any]:
    """The lines that the module's `log` says from now on."""
    capture = LogCapture()
    ours = structlog.wrap_logger(
        None, processors=[capture], wrapper_class=structlog.make_filtering_bound_logger(0)
    )
    monkeypatch.setattr(module, "log", ours)
    return capture.entries
