"""JSON logs on stdout, one object a line: ids and places, never a payload.

Every log line goes through here, those of libraries too. An exception is logged as its type and
place, since its message may quote what a record holds. A line that a library repeats while a
broker is away is written once in ten seconds.
"""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

AGAIN_SECONDS = 10.0
PASSED_SECONDS = 60.0
_PASSING = ("Group Coordinator Request failed",)
"""Beginnings of lines that are no news for some seconds: a new broker has no coordinator yet."""
_QUIET = {"aiokafka": "WARNING", "faststream": "ERROR", "uvicorn": "WARNING", "asyncio": "WARNING"}


class Repeated(logging.Filter):
    """Lets one line of a kind through in ten seconds, with the number of those it held back.

    A line in `_PASSING` is held back for its first ten seconds too, since its cause mostly passes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], tuple[float, int]] = {}
        self._passing: dict[str, tuple[float, float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        kind, now = (record.name, str(record.msg)), time.monotonic()
        if self._passes(str(record.msg), now):
            return False
        at, held = self._last.get(kind, (-AGAIN_SECONDS, 0))
        if now - at < AGAIN_SECONDS:
            self._last[kind] = (at, held + 1)
            return False
        self._last[kind] = (now, 0)
        if held:
            record.msg = f"{record.msg} (and {held} more like it)"
        return True

    def _passes(self, message: str, now: float) -> bool:
        """Whether the line's cause may pass by itself, and the line is not ten seconds old yet."""
        passing = next((text for text in _PASSING if message.startswith(text)), None)
        if passing is None:
            return False
        first, last = self._passing.get(passing, (now, now))
        if now - last > PASSED_SECONDS:
            first = now
        self._passing[passing] = first, now
        return now - first < AGAIN_SECONDS


def where(failure: BaseException) -> str:
    """Return the module and line an exception was raised at. Example: `services.qa.fold:120`."""
    trace, place = failure.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _tersely(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and place, without its message."""
    exc_info = event.pop("exc_info", None)
    failure = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["error"] = type(failure).__name__
        event["where"] = where(failure)
    return event


def configure(*, service: str, level: str, stream: TextIO | None = None) -> None:
    """Write all log lines as JSON to stdout, or to another stream."""

    def named(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        named,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _tersely,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("event"),
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    repeated = Repeated()
    # On the handler: a filter of a logger is not asked about lines of its child loggers.
    handler.addFilter(lambda line: not line.name.startswith(tuple(_QUIET)) or repeated.filter(line))
