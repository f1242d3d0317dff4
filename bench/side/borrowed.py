"""What is taken from the checkout that is measured: its own bench makes the inputs and the people.

Everything else in `bench.side` is of the checkout that measures. So two builds are measured by one
program, and each is given what its own code makes. Names that moved between builds are looked for
here and nowhere else.
"""

import importlib
from typing import Any


def _module(name: str) -> Any:
    return importlib.import_module(f"bench.{name}")


cases, delay, flow, ground, growth = map(_module, ("cases", "delay", "flow", "ground", "growth"))
inside, refold, state = map(_module, ("inside", "refold", "state"))
throughput, weight, whole = map(_module, ("throughput", "weight", "whole"))

Names: Any = throughput.Names
RedisStore: Any = throughput.RedisStore
TopicLogs: Any = getattr(inside, "TopicLogs", None) or inside.Logs
SERVICES: tuple[str, ...] = inside.SERVICES
