"""The router's own settings; each name begins with SENTUH_ROUTER_."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.router.tokens import Keys
from shared.connect.settings import ServiceSettings


class RouterSettings(ServiceSettings):
    """Bounds and units of what an operator can set."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_ROUTER_")
    service: ClassVar[str] = "router"

    http_port: int = Field(8102, ge=1, le=65_535)

    token_keys: SecretStr = Field(SecretStr(""), validate_default=True)
    """`name=secret` pairs between commas; the first signs, all verify. 32 bytes each at least.
    There is no default: none given is refused like a wrong one, with the fix."""
    due_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    """Deadlines announced in one sweep of a partition."""
    due_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """After so long a deadline that is still there is announced again."""
    lane_again_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    """After so long at the latest a lane is looked over again though nothing in it has changed."""
    refill_seconds: Annotated[int, Field(ge=10, le=86_400)] = 300
    """A lane in which tasks wait and nobody is free asks so often who of the pool fits."""

    @field_validator("token_keys")
    @classmethod
    def _readable(cls, pairs: SecretStr) -> SecretStr:
        Keys.of(pairs.get_secret_value())
        return pairs

    @property
    def keys(self) -> Keys:
        """The keys tokens are signed and verified with."""
        return Keys.of(self.token_keys.get_secret_value())
