"""Names in the environment that nothing reads are found, and what was meant is guessed."""

import pytest

from services.payout.settings import PayoutSettings
from shared.connect.environment import misspelt, unknown
from shared.connect.settings import of_others
from tests.architecture.test_settings import EXAMPLE, named_in

OTHERS = of_others(PayoutSettings)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("SENTUH_KAFKA_BOOTSTRAP_SERVER", "SENTUH_KAFKA_BOOTSTRAP_SERVERS"),
        ("SENTUH_PAYOUT_HTTP_PROT", "SENTUH_PAYOUT_HTTP_PORT"),
        ("SENTUH_QQQ", ""),
    ],
)
def test_a_typing_error_is_found_and_what_was_meant_is_guessed(name: str, near: str) -> None:
    assert unknown(PayoutSettings, OTHERS, {name: "x", "HOME": "/"}) == {name: near}


def test_files_and_other_services_settings_are_known() -> None:
    given = ("SENTUH_REDIS_URL_FILE", "SENTUH_ROUTER_TOKEN_KEYS", "SENTUH_FAULTS")

    assert unknown(PayoutSettings, OTHERS, dict.fromkeys(given, "x")) == {}


def test_every_setting_of_the_example_is_known() -> None:
    named = dict.fromkeys(named_in(EXAMPLE.read_text()), "x")

    assert unknown(PayoutSettings, OTHERS, named) == {}


def test_what_is_lacking_is_said_with_the_name_that_was_probably_meant() -> None:
    given = {"SENTUH_KAFKA_BOOTSTRAP_SERVER": "k:9092", "SENTUH_QQQ": "x"}
    secret = {"SENTUH_REDIS_PASWORD_FILE": "/run/secrets/redis"}
    link = {"SENTUH_REDIS_PORT": "tcp://10.0.0.1:6379", "SENTUH_REDIS_URL_FILE": "/run/url"}

    assert misspelt(PayoutSettings, OTHERS, given) == [
        "SENTUH_KAFKA_BOOTSTRAP_SERVER: nothing reads it:"
        " perhaps SENTUH_KAFKA_BOOTSTRAP_SERVERS was meant"
    ]
    assert "SENTUH_REDIS_PASSWORD_FILE was" in misspelt(PayoutSettings, OTHERS, secret)[0]
    assert misspelt(PayoutSettings, OTHERS, link) == []
