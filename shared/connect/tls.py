"""What TLS needs of files: a context of CA, certificate and key, or one line that names the fix."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.errors import SettingError


@dataclass(frozen=True, slots=True)
class Papers:
    """Paths of PEM files; empty: the system's CAs, no certificate, the key in the certificate's.

    `server` is in the names of the settings: KAFKA or REDIS.
    """

    server: str
    ca: str = ""
    certificate: str = ""
    key: str = ""

    def context(self) -> ssl.SSLContext:
        """A client's context that checks the server's name; SettingError names file and setting."""
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
            # Without an answer at hand OpenSSL would ask for the password on the terminal.
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
