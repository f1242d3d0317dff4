"""Settings of intake; those that every service has are in shared/connect/settings.py."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.connect.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """The settings of one intake process."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_INTAKE_")
    service: ClassVar[str] = "intake"

    http_port: int = Field(8101, ge=1, le=65_535)
    catalog_file: Path = Path("deploy/catalog.yaml")
    """The task types, skills and rate cards; read once, at the start."""
