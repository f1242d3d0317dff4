"""Tells the variables that Kubernetes sets for each Service from settings of the same name.

For a Service `sentuh-payout-http` every pod of its namespace gets `SENTUH_PAYOUT_HTTP_PORT`, with
a value like `tcp://10.0.0.5:8104`, and several names more. `enableServiceLinks: false` in the pod's
spec turns them off.
"""

import re
from collections.abc import Iterable, Mapping

_HOST, _PORT = "_SERVICE_HOST", "_PORT"
_ADDRESS = re.compile(r"(tcp|udp|sctp)://\S+:\d+")
_MORE = re.compile(r"_SERVICE_PORT(_\w+)?|_PORT_\d+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?")
FIX = (
    "Kubernetes sets it for a Service of that name: set enableServiceLinks: false in the pod's"
    " spec, or rename the Service"
)


def links(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the names in the environment that Kubernetes certainly set for a Service.

    A Service has always `NAME_SERVICE_HOST` beside the others, and its `NAME_PORT` holds a URL.
    Example: `{"A_SERVICE_HOST": "10.0.0.5", "A_PORT": "tcp://10.0.0.5:80"}` gives both names.
    """
    hosts = [name.removesuffix(_HOST) for name in environ if name.endswith(_HOST)]
    return frozenset(name for host in hosts for name in _of_service(host, environ))


def like_links(names: Iterable[str], environ: Mapping[str, str]) -> list[str]:
    """Return a line with the fix for each of these settings whose value is a Service's address.

    Only for names that `links` is not certain of. Example: `SENTUH_QA_HTTP_PORT` with the value
    `tcp://10.0.0.5:8103` and no `SENTUH_QA_HTTP_SERVICE_HOST` beside it.
    """
    return [
        f"{name}: this is an address and no port: {FIX}"
        for name in sorted(names)
        if name.endswith(_PORT) and _ADDRESS.fullmatch(environ.get(name, ""))
    ]


def _of_service(service: str, environ: Mapping[str, str]) -> Iterable[str]:
    """Yield the names in the environment that Kubernetes set for one Service."""
    beginning = f"{service}_"
    for name, value in environ.items():
        rest = name.removeprefix(service) if name.startswith(beginning) else ""
        # A plain number after NAME_PORT is somebody's own setting; Kubernetes writes a URL.
        is_address = rest == _PORT and _ADDRESS.fullmatch(value)
        if rest == _HOST or is_address or _MORE.fullmatch(rest):
            yield name
