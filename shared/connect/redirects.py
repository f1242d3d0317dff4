"""Keeps urllib from following redirects: a password goes to the server that was named, only."""

from typing import Any
from urllib.request import HTTPRedirectHandler


class NoRedirects(HTTPRedirectHandler):
    """Follows no redirect: credentials go to the address that was named, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no request: a redirect is then an answer like any other."""
