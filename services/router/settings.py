"""The settings of router; what it shares with every service is in shared/connect/settings.py."""

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
    """Deadlines that one sweep of a partition announces at most."""
    due_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """Seconds after which a deadline that is still listed is announced again."""
    lane_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """Seconds after which a lane that lists the same as before is looked over again."""
    refill_seconds: Annotated[int, Field(ge=10, le=86_400)] = 300
    """Seconds between two searches of the pool for a lane where tasks wait and nobody is free."""

    @field_validator("token_keys")
    @classmethod
    def _readable(cls, pairs: SecretStr) -> SecretStr:
        Keys.of(pairs.get_secret_value())
        return pairs

    @property
    def keys(self) -> Keys:
        """The keys that sign and verify tokens."""
        return Keys.of(self.token_keys.get_secret_value())
