"""Settings of the router; those that every service has are in shared/connect/settings.py."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.router.tokens import Keys
from shared.connect.settings import ServiceSettings


class RouterSettings(ServiceSettings):
    """The settings of one router process, each with its bounds and unit."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_ROUTER_")
    service: ClassVar[str] = "router"

    http_port: int = Field(8102, ge=1, le=65_535)

    token_keys: SecretStr = Field(SecretStr(""), validate_default=True)
    """`name=secret` pairs between commas; the first signs, all verify. 32 bytes each at least.
    There is no default: without keys the start is refused, with the fix."""
    due_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    """Tasks with a passed deadline that one search of a partition announces at most."""
    due_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """Seconds after which a deadline that is still listed is announced again."""
    lane_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """Longest time until waiting work that has not changed is announced again.
    It is announced after 1, 2, 4, ... seconds, and from then on after this many.
    """
    refill_seconds: Annotated[int, Field(ge=10, le=86_400)] = 300
    """Seconds between two searches of the pool for a lane where tasks wait and nobody is free."""

    @field_validator("token_keys")
    @classmethod
    def _readable(cls, pairs: SecretStr) -> SecretStr:
        Keys.of(pairs.get_secret_value())
        return pairs

    @property
    def keys(self) -> Keys:
        """Secrets that sign and verify the tokens of offers, parsed from `token_keys`."""
        return Keys.of(self.token_keys.get_secret_value())
