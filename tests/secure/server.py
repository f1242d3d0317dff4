"""A Redis that speaks TLS: from the system's own server, else a container; the wheel's has none."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sentuh.embedded.child import Child, StackError, free_port
from tests.secure.authority import Authority
from tests.support.cluster import containers

NAMES = ("valkey-server", "redis-server")


class TlsServer(Child):
    """A server of this system with TLS alone, and the users of an ACL file."""

    name = "redis-tls"

    def __init__(self, home: Path, program: str, settings: list[str], port: int) -> None:
        super().__init__(home)
        self.port = port
        self._command = [program, *settings]

    def command(self) -> list[str]:
        """Return the system's server with our settings."""
        return [*self._command, "--dir", str(self.home), "--bind", "127.0.0.1"]

    def ready(self) -> bool:
        """Return whether it shakes hands."""
        return _shakes(self.port)


@contextmanager
def tls_server(home: Path, authority: Authority, users: list[str]) -> Iterator[str]:
    """Run one with these lines of ACLs; yields its rediss:// URL. StackError if none can be had."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "users.acl").write_text("".join(f"{line}\n" for line in users))
    identity = authority.signs("redis")
    for path, source in (
        ("ca.pem", authority.file),
        ("server.crt", identity.certificate),
        ("server.key", identity.key),
    ):
        shutil.copyfile(source, home / path)
        (home / path).chmod(0o644)
    port = free_port()
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program:
        with TlsServer(home, program, _settings(port, home), port):
            yield f"rediss://127.0.0.1:{port}"
    elif containers.why_no_container(containers.REDIS_IMAGE) is None:
        with containers.redis_with(_settings(port, Path("/given")), port, home):
            yield f"rediss://127.0.0.1:{port}"
    else:
        raise StackError(why_no_tls() or "")


@cache
def why_no_tls() -> str | None:
    """Why there is no server with TLS here; None if there is."""
    if any(map(shutil.which, NAMES)):
        return None
    why = containers.why_no_container(containers.REDIS_IMAGE)
    return why and f"no Redis with TLS: none of {', '.join(NAMES)} is installed, and {why}"


def _settings(port: int, at: Path) -> list[str]:
    return [
        *("--port", "0", "--tls-port", str(port), "--save", "", "--appendonly", "yes"),
        *("--maxmemory-policy", "noeviction", "--aclfile", str(at / "users.acl")),
        *("--tls-cert-file", str(at / "server.crt"), "--tls-key-file", str(at / "server.key")),
        *("--tls-ca-cert-file", str(at / "ca.pem"), "--tls-auth-clients", "no"),
    ]


def _shakes(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=2) as link,
            context.wrap_socket(link),
        ):
            return True
    except OSError:
        return False
