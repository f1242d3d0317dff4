"""Settings of qa; those that every service has are in shared/connect/settings.py."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.connect.settings import ServiceSettings


class QaSettings(ServiceSettings):
    """The settings of one qa process."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_QA_")
    service: ClassVar[str] = "qa"

    http_port: int = Field(8103, ge=1, le=65_535)
