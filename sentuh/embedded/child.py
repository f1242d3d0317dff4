"""Runs one child process: its command, log file, readiness, and the ways it can end."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sentuh.embedded import reaper

POLL_SECONDS = 0.02
PORTS = (12_000, 30_000)
PORT_ATTEMPTS_MAX = 100
LOG_TAIL_LINES = 15


class StackError(RuntimeError):
    """A part of the stack could not start or did not end; the message says what to do."""


def free_port() -> int:
    """Return a TCP port of the loopback interface that nothing listens on just now.

    It lies below the ports systems give to outgoing connections: a client that calls a port of
    that range again and again while its server is away can end up connected to itself, and the
    server finds its port taken when it comes back. Example: 21387.
    """
    for _ in range(PORT_ATTEMPTS_MAX):
        port = random.randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise StackError(f"no free port found between {PORTS[0]} and {PORTS[1]}: end what holds them")


class Child(ABC):
    """A process with a home directory, a log in it, and a process group of its own.

    It is ended by its pid and nothing else. `home` is kept if it is given; otherwise it is a new
    temporary directory that goes when the context is left without an error. A child may be started
    again after `stop` or `kill`; it then finds its home as it left it. The calls block: in a
    coroutine use `async with`, or `await asyncio.to_thread(child.restart)`.
    """

    name = "child"
    ready_seconds = 120.0
    stop_seconds = 10.0

    def __init__(self, home: Path | None = None) -> None:
        self._temporary = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix=f"sentuh-{self.name}-"))
        self.home.mkdir(parents=True, exist_ok=True)
        self.log = self.home / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return program and arguments."""

    @abstractmethod
    def ready(self) -> bool:
        """Return whether it serves; called again and again until it does."""

    def environment(self) -> Mapping[str, str]:
        """Return what to add to the environment of this process."""
        return {}

    @property
    def pid(self) -> int:
        """Process id of the running child; StackError if it does not run."""
        if self._process is None or self._process.poll() is not None:
            raise StackError(
                f"{self.name} is not running: call start() first; its log is {self.log}"
            )
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there (it may not be ready yet)."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Exit code of the last run, negative for a signal; None while it runs or never ran."""
        return None if self._process is None else self._process.poll()

    def start(self) -> Self:
        """Start it and wait until it is ready; StackError with the end of its log if it is not."""
        self.spawn()
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def spawn(self) -> None:
        """Start it without waiting for readiness."""
        if self.running:
            raise StackError(f"{self.name} runs already as {self.pid}: stop() it first")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment()},
                process_group=0,
            )
        reaper.watch(self._process.pid)

    def wait_ready(self) -> None:
        """Wait until `ready`, for `ready_seconds` at most."""
        limit = time.monotonic() + self.ready_seconds
        while not self.ready():
            if not self.running:
                raise StackError(f"{self.name} ended with {self.exit_code}. {self._log_tail()}")
            if time.monotonic() > limit:
                raise StackError(
                    f"{self.name} was not ready within {self.ready_seconds:.0f} s; a busy machine"
                    f" may need longer, try again. {self._log_tail()}"
                )
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End it with SIGTERM, after `stop_seconds` with SIGKILL; nothing if it does not run."""
        self._signal(signal.SIGTERM)
        try:
            self.wait(self.stop_seconds)
        except StackError:
            self.kill()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        self.wait(self.stop_seconds)

    def restart(self) -> Self:
        """Stop it in good order and start it on the same home and port."""
        self.stop()
        return self.start()

    def wait(self, seconds: float) -> int | None:
        """Wait for its end and return the exit code; StackError if it still runs after that."""
        if self._process is None:
            return None
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired as late:
            raise StackError(f"{self.name} still runs after {seconds:.0f} s: kill() it") from late
        reaper.forget(self._process.pid)
        return code

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self._leave(clean=False)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave(clean=kind is None)

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.shield(asyncio.to_thread(self.__exit__, kind, error, trace))

    def _leave(self, *, clean: bool) -> None:
        self.stop()
        if self._temporary and clean:
            shutil.rmtree(self.home, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        # Not reaped yet, so the number is still this child's and nobody else's.
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])
