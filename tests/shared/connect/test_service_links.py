"""The variables Kubernetes sets for a Service are no settings, and no misspelt ones."""

import pytest

from services.payout.settings import PayoutSettings
from shared.connect.environment import misspelt, read, unknown
from shared.connect.service_links import links
from shared.connect.settings import of_others, settings_of

OTHERS = of_others(PayoutSettings)
PORT = "SENTUH_PAYOUT_HTTP_PORT"


def a_service(name: str, port: int, ip: str = "10.0.0.5") -> dict[str, str]:
    """What every pod gets for a Service of this name, with a port called `web`."""
    address = f"tcp://{ip}:{port}"
    return {
        f"{name}_SERVICE_HOST": ip,
        f"{name}_SERVICE_PORT": str(port),
        f"{name}_SERVICE_PORT_WEB": str(port),
        f"{name}_PORT": address,
        f"{name}_PORT_{port}_TCP": address,
        f"{name}_PORT_{port}_TCP_PROTO": "tcp",
        f"{name}_PORT_{port}_TCP_PORT": str(port),
        f"{name}_PORT_{port}_TCP_ADDR": ip,
    }


@pytest.mark.parametrize(
    "service",
    [
        a_service("SENTUH_PAYOUT_HTTP", 8104),
        a_service("SENTUH_REDIS", 6379),
        a_service("SENTUH_KAFKA", 9092),
        a_service("SENTUH_PAYOUT", 8104),
        a_service("SENTUH", 80),
        a_service("SENTUH_REDIS_URL", 6379, "fd00::5"),
        a_service("SENTUH_PAYOUT_HTTP", 8104) | a_service("SENTUH_QA_HTTP", 8103),
    ],
)
def test_variables_of_a_service_are_neither_read_nor_called_misspelt(
    service: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.items():
        monkeypatch.setenv(name, value)

    assert links(service) == set(service)
    assert unknown(PayoutSettings, OTHERS, service) == {}
    assert misspelt(PayoutSettings, OTHERS, service) == []
    assert settings_of(PayoutSettings).http_port == 8104


def test_a_port_of_ones_own_is_read_beside_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (a_service("SENTUH_PAYOUT_HTTP", 8104) | {PORT: "9104"}).items():
        monkeypatch.setenv(name, value)

    assert settings_of(PayoutSettings).http_port == 9104


def test_an_address_without_its_service_says_where_it_may_come_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PORT, "tcp://10.0.0.5:8104")

    assert read(PayoutSettings)[1] == [
        f"{PORT}: this is an address and no port: Kubernetes sets it for a Service of that name:"
        " set enableServiceLinks: false in the pod's spec, or rename the Service"
    ]


def test_a_name_that_only_resembles_a_services_is_still_unknown() -> None:
    given = a_service("SENTUH_PAYOUT_HTTP", 8104) | {"SENTUH_PAYOUT_HTTP_PROT": "8104"}

    assert unknown(PayoutSettings, OTHERS, given) == {"SENTUH_PAYOUT_HTTP_PROT": PORT}
