"""Defines what the settings of Kafka and of Redis share: development or production, and ports."""

import os
import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.connect.environment import FAULTS, FromEnvironment

PORT_MAX = 65_535


def ports_in_range(value: str) -> str:
    """Return `value`, a Redis URL or a list of `host:port`, unchanged.

    Raises ValueError if a port in it is not from 1 to 65535. A server without a port is fine.
    """
    for port in re.findall(r":(\d+)(?=[,/?]|$)", value.rpartition("@")[2]):
        if not 1 <= int(port) <= PORT_MAX:
            raise ValueError(f"port {port} is none: give one from 1 to {PORT_MAX}")
    return value


class EnvSettings(FromEnvironment):
    """The one setting that says whether this process runs in development or in production.

    It is read from the environment variable `SENTUH_ENV`, which is `dev` or `prod`. The settings of
    Kafka and Redis inherit from this class, so that each can check what production requires.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    env: Literal["dev", "prod"] = Field("dev", validation_alias="SENTUH_ENV")
    """With `prod`, no process starts without encryption and credentials for Kafka and Redis."""

    def lacking(self) -> Iterator[str]:
        """Yield one line, with the fix, for each setting unfit for production; none in `dev`."""
        if self.env == "prod" and os.environ.get(FAULTS):
            yield f"{FAULTS}: it breaks things on purpose, and this is production: take it away"
