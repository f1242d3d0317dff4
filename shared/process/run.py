"""Runs a service as a process: settings, logs, start, signals, and an orderly stop."""

import asyncio
import signal
import sys

import structlog

from shared.connect.environment import give_up, setting, unknown
from shared.connect.settings import ServiceSettings, Settings, of_others, settings_of
from shared.contracts.errors import SettingError
from shared.kafka import internals
from shared.observe import logs
from shared.observe.garbage import look_seldom
from shared.observe.health import HealthServer
from shared.process.process import Build, Process, Runtime, cancelled

__all__ = ["Runtime", "run"]

log = structlog.get_logger()

AWAY = 1
"""Exit code of a process that could not be started, or of which a part ended by itself."""


def run(kind: type[Settings], build: Build[Settings]) -> None:
    """Run a service until SIGTERM or SIGINT, then exit the process.

    `kind` is the class of its settings, `build` makes the service. Exit codes: 0 stopped by a
    signal, 1 it could not start or a part of it ended, 2 a setting is wrong. Example:
    `run(PayoutSettings, build)`.
    """
    try:
        settings = settings_of(kind)
    except SettingError as failure:
        give_up(failure)
    logs.configure(service=settings.service, level=settings.log_level)
    _warn_of_unknown(kind)
    internals.read_any_header_name()
    look_seldom()
    try:
        code = asyncio.run(_main(settings, build))
    except SettingError as failure:
        give_up(failure, AWAY)
    sys.exit(code)


def _warn_of_unknown(kind: type[ServiceSettings]) -> None:
    """Log each name in the environment that looks like a setting, but that nothing reads.

    A misspelt setting would otherwise silently leave the default in place. Example:
    `SENTUH_REDIS_ULR` is logged with the hint `SENTUH_REDIS_URL`.
    """
    for name, near in unknown(kind, of_others(kind)).items():
        hint = {"perhaps": near} if near else {}
        log.warning("a setting nothing reads", name=name, **hint)


async def _main(settings: Settings, build: Build[Settings]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    process = Process(settings, build)
    server = HealthServer(process.health, process.registry)
    port = setting(type(settings), "http_port")
    bound = server.bind(settings.http_host, settings.http_port, named=port)
    serving = asyncio.create_task(server.serve(bound))
    watching = asyncio.create_task(process.health.watch())
    working = asyncio.create_task(process.work())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return _ended(working)
        return await _stop(process, working, settings.stop_seconds)
    finally:
        watching.cancel()
        server.stop()
        await serving


def _ended(working: "asyncio.Task[None]") -> int:
    """Return the exit code of work that ended by itself; raise its SettingError if it had one."""
    failure = working.exception()
    if isinstance(failure, SettingError):
        raise failure
    if failure is not None:
        log.error("a bug", error=type(failure).__name__, where=logs.where(failure))
    return AWAY


async def _stop(process: "Process", working: "asyncio.Task[None]", seconds: float) -> int:
    """Stop the process within `seconds`; return exit code 0, or 1 if it took longer."""
    log.info("stopping")
    try:
        async with asyncio.timeout(seconds):
            # The batch in flight first: cancelled before its end, it would have to be read again.
            await process.drain(seconds / 2)
            await cancelled(working)
            await process.close()
    except TimeoutError:
        log.error(  # noqa: TRY400 - nothing failed
            "the stop took too long; what is unsettled will be settled by others"
        )
        return AWAY
    log.info("stopped")
    return 0
