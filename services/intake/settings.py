"""Settings of intake; those that every service has are in shared/connect/settings.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.intake.schemas import RegistryAccess
from shared.connect.environment import matching
from shared.connect.settings import ServiceSettings

_REGISTRY = "SENTUH_INTAKE_SCHEMA_REGISTRY_"
_URL = matching(
    r"|https?://[^\s/@?#]+(/[^\s?#]*)?", "give its https:// URL, without a user or a query in it"
)


class IntakeSettings(ServiceSettings):
    """The settings of one intake process."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_INTAKE_")
    service: ClassVar[str] = "intake"

    http_port: int = Field(8101, ge=1, le=65_535)
    catalog_file: Path = Path("deploy/catalog.yaml")
    """The task types, skills and rate cards; read once, at the start."""
    schema_registry_url: Annotated[str, _URL] = ""
    """Where the schemas of Avro outputs are: the URL under which `/schemas/ids` is. Empty: outputs
    that need a schema are refused."""
    schema_registry_user: str = ""
    schema_registry_password: SecretStr = SecretStr("")
    """What the registry wants to see, if anything (HTTP's basic authentication)."""
    schema_registry_ca_file: str = ""
    """PEM file of who signed the registry's certificate; empty: those the system trusts."""

    @model_validator(mode="after")
    def _registry_is_whole(self) -> Self:
        """Return the settings; raise ValueError if one of the registry's is of no use, or unsafe.

        Example: a user without a password.
        """
        url, user = self.schema_registry_url, self.schema_registry_user
        has_password = bool(self.schema_registry_password.get_secret_value())
        if not url and (user or has_password or self.schema_registry_ca_file):
            raise ValueError(f"{_REGISTRY}URL: user, password and CA are of no use without it")
        if bool(user) != has_password:
            raise ValueError(f"{_REGISTRY}USER, {_REGISTRY}PASSWORD: give both, or neither")
        if self.schema_registry_ca_file and not url.startswith("https:"):
            raise ValueError(f"{_REGISTRY}URL: without TLS a CA is of no use: give https://")
        if self.env == "prod" and url.startswith("http:"):
            raise ValueError(
                f"{_REGISTRY}URL: it is not encrypted, and this is production: give https://"
            )
        return self

    @property
    def schema_registry(self) -> RegistryAccess | None:
        """Where the registry is, and how to log in there; None if none is set."""
        if not self.schema_registry_url:
            return None
        return RegistryAccess(
            self.schema_registry_url,
            self.schema_registry_user,
            self.schema_registry_password.get_secret_value(),
            self.schema_registry_ca_file,
        )

    def in_the_clear(self) -> Iterator[str]:
        """Yield one line, with the fix, for each secret that is sent without encryption."""
        yield from super().in_the_clear()
        if self.schema_registry_user and self.schema_registry_url.startswith("http:"):
            yield (
                f"{_REGISTRY}URL: http:// sends the registry's password in the clear: give https://"
            )
