"""Settings of payout; those that every service has are in shared/connect/settings.py."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.connect.settings import ServiceSettings


class PayoutSettings(ServiceSettings):
    """The settings of one payout process."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_PAYOUT_")
    service: ClassVar[str] = "payout"

    http_port: int = Field(8104, ge=1, le=65_535)
