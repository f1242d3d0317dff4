"""A Valkey in the foreground: it serves, and ends when it is told to."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sentuh.embedded.child import free_port
from sentuh.embedded.valkey import main
from sentuh.embedded.wire import ask_redis

LIMIT_SECONDS = 120


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "sentuh.embedded.valkey",
        "--port",
        str(port),
        "--data",
        str(tmp_path),
    ]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        assert f"redis://127.0.0.1:{port}" in server.stderr.readline()
        assert "valkey_version" in ask_redis(f"redis://127.0.0.1:{port}")
        assert main(["--port", str(port)]) == 1
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=LIMIT_SECONDS)
    assert server.returncode == 0
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        try:
            ask_redis(f"redis://127.0.0.1:{port}")
        except OSError:
            return
    pytest.fail("it still answers")
