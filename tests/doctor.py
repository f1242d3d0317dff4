"""Says what is installed here, and which Kafka and which Redis the tests will use."""

import platform
import re
import shutil
import socket
import subprocess
import sys

from sentuh.embedded.child import StackError
from tests.support.cluster import choose_kafka, choose_redis

PORTS = {9092: "make kafka, docker compose", 6379: "docker compose"}
ASK_SECONDS = 20


def main() -> int:
    """Print one line for each fact; return 1 if something the project needs is not there."""
    _say("python", f"{platform.python_version()} ({sys.executable})")
    _say("java", _answer("java", "-version") or "missing: install a JDK or JRE, 17 or newer")
    _say("mvn", _answer("mvn", "--version") or "missing: it fetches Apache Kafka (apt: maven)")
    engine = _answer("docker", "info", "--format", "engine {{.ServerVersion}}")
    _say("docker", engine or "no engine answers; not needed where Java and Maven are")
    for port, user in PORTS.items():
        _say(
            f"port {port}", f"{'taken' if _taken(port) else 'free'} (for {user}; else any free one)"
        )
    try:
        _say("Kafka", f"tests will use {choose_kafka()}")
        _say("Redis", f"tests will use {choose_redis()}")
    except StackError as failure:
        _say("tests", f"cannot run: {failure}")
        return 1
    return 0


def _say(what: str, fact: str) -> None:
    print(f"{what:10} {fact}")


def _answer(*command: str) -> str | None:
    """Return the first line the command says, None if it is missing or fails."""
    if not shutil.which(command[0]):
        return None
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[0]) if lines and done.returncode == 0 else None


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main())
