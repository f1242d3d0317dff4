"""What it was measured on: cores, memory, versions; no name of a host and no path."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.side.interpreter import interpreter

LIBRARIES = ("aiokafka", "faststream", "pydantic", "redis", "msgpack")


def machine(kafka: str, valkey: str) -> Mapping[str, str]:
    """Each thing and what it is."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "processor": _model(Path("/proc/cpuinfo")),
        "cores": str(psutil.cpu_count() or "?"),
        "memory": f"{memory:.0f} GiB",
        "load before": f"{psutil.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "Apache Kafka": kafka,
        "Valkey": valkey,
        **interpreter(),
        **{name: version(name) for name in LIBRARIES},
    }


def _model(path: Path) -> str:
    """The processor as Linux names it."""
    if path.is_file():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
