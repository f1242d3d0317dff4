"""Runs one Valkey in the foreground, for trying things out: `make redis`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import Valkey
from sentuh.embedded.wire import ask_redis

LOOK_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until a signal, and return 0; 1 if it cannot start or ends by itself."""
    parser = argparse.ArgumentParser(
        prog="make redis", description="A Valkey on 127.0.0.1, append-only and never evicting."
    )
    parser.add_argument("--port", type=int, default=6379, metavar="N", help="its port (6379)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="where its data stays (else it goes at the end)"
    )
    options = parser.parse_args(arguments)
    try:
        _run(options.port, options.data)
    except StackError as failure:
        print(f"redis: {failure}", file=sys.stderr)
        return 1
    return 0


def _run(port: int, data: Path | None) -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    _must_be_free(port)
    with Valkey(data, port=port) as server:
        kept = f"keeps its data in {data}" if data else "forgets its data"
        print(
            f"redis: Valkey {server.version} at {server.url}; Ctrl-C ends it and {kept}",
            file=sys.stderr,
        )
        while server.running and not stopping.wait(LOOK_SECONDS):
            pass
        if not stopping.is_set():
            raise StackError(f"it ended with {server.exit_code}: its log is {server.log}")


def _must_be_free(port: int) -> None:
    """Refuse a port that something answers on: it would pass for the server started here."""
    try:
        ask_redis(f"redis://127.0.0.1:{port}", timeout_seconds=1)
    except OSError:
        return
    raise StackError(f"port {port} is in use already: name another with --port")


if __name__ == "__main__":
    sys.exit(main())
