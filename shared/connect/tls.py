"""The files TLS needs, CA, certificate and key: loaded, or refused with the fix."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.errors import SettingError


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of the PEM files of one client; each may be empty.

    Without `ca` the system's authorities are trusted, without `certificate` the client shows none,
    and without `key` the key is in the certificate's file. `server` is KAFKA or REDIS, as in the
    names of the settings. Example: `TlsFiles("KAFKA", ca="/etc/ca.pem")`.
    """

    server: str
    ca: str = ""
    certificate: str = ""
    key: str = ""

    def context(self) -> ssl.SSLContext:
        """Return a client's TLS context; raises SettingError for a missing or unusable file."""
        for name, path in (("CA", self.ca), ("CERTIFICATE", self.certificate), ("KEY", self.key)):
            _readable(f"SENTUH_{self.server}_{name}_FILE", path)
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
        except ssl.SSLError as failure:
            raise SettingError(
                f"SENTUH_{self.server}_CA_FILE: {self.ca} holds no PEM certificate: give"
                " that of the authority that signed the server's"
            ) from failure
        if self.certificate:
            self._identify(context)
        return context

    def _identify(self, context: ssl.SSLContext) -> None:
        try:
            # With no password function OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(self.certificate, self.key or None, password=lambda: "")
        except ssl.SSLError as failure:
            key = self.key or self.certificate
            raise SettingError(
                f"SENTUH_{self.server}_CERTIFICATE_FILE: {self.certificate} and the key in"
                f" {key} do not go together: give a PEM certificate and its own PEM key, not"
                " encrypted"
            ) from failure


def _readable(setting: str, path: str) -> None:
    if not path:
        return
    try:
        with Path(path).open("rb"):
            return
    except OSError as failure:
        raise SettingError(
            f"{setting}: {path} cannot be read ({failure.strerror}): name a PEM file this process"
            " may read"
        ) from failure
