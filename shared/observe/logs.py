"""JSON logs on stdout, one object a line: ids and places, never a payload.

Everything that logs goes through here, the libraries too. Of an exception only its type and where
it was raised is said: its message may quote what a record held. What a library says again and
again while a broker is away is said once in ten seconds.
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
"""A new broker first makes its topic of offsets, and has no coordinator until then."""
_QUIET = {"aiokafka": "WARNING", "faststream": "ERROR", "uvicorn": "WARNING", "asyncio": "WARNING"}


class Repeated(logging.Filter):
    """Lets one line of a kind through in ten seconds, with the count of those it held back.

    What passes by itself while a broker or a group is new is held back for the first ten seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], tuple[float, int]] = {}
        self._passing: dict[str, tuple[float, float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written."""
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
        """Whether it may be over soon: such a line is news only when it keeps coming."""
        passing = next((known for known in _PASSING if message.startswith(known)), None)
        if passing is None:
            return False
        first, last = self._passing.get(passing, (now, now))
        if now - last > PASSED_SECONDS:
            first = now
        self._passing[passing] = first, now
        return now - first < AGAIN_SECONDS


def where(failure: BaseException) -> str:
    """Module and line an exception came from."""
    trace, found = failure.__traceback__, "?"
    while trace is not None:
        found = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _tersely(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and place, without its message."""
    given = event.pop("exc_info", None)
    failure = given[1] if isinstance(given, tuple) else given
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["error"] = type(failure).__name__
        event["where"] = where(failure)
    return event


def configure(*, service: str, level: str, stream: TextIO | None = None) -> None:
    """Send our lines and the libraries' to stdout as JSON, or to another stream."""

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
    # Not on the libraries' loggers: a filter of a logger is not asked for its children.
    handler.addFilter(lambda line: not line.name.startswith(tuple(_QUIET)) or repeated.filter(line))
