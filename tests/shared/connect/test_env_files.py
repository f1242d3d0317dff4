"""What a file of settings left in a value is named with the fix, for every setting."""

import pytest

from services.intake.settings import IntakeSettings
from services.payout.settings import PayoutSettings
from services.qa.settings import QaSettings
from services.router.settings import RouterSettings
from shared.connect.connections import RedisSettings, problems_in
from shared.connect.env_files import leftovers, misnamed
from shared.connect.environment import read, setting
from shared.connect.kafka_settings import KafkaSettings
from shared.connect.settings import ServiceSettings, settings_of
from shared.contracts.errors import SettingError

SERVICES = (IntakeSettings, RouterSettings, QaSettings, PayoutSettings)
NAMES = sorted({setting(kind, field) for kind in SERVICES for field in kind.model_fields})
BROKERS, PASSWORD = "SENTUH_KAFKA_BOOTSTRAP_SERVERS", "SENTUH_REDIS_PASSWORD"
KINDS = {
    '"k1:9092"': "the quotes are part of the value: remove them",
    "'k1:9092'": "the quotes are part of the value: remove them",
    "\u201ck1:9092\u201d": "the quotes are part of the value: remove them",
    "k1:9092 # the first broker": "the comment after it is part of the value",
    "k1:9092\r": "a carriage return is part of the value",
    " k1:9092": "blanks around it are part of the value: remove them",
    "k1:9092\u00a0": "blanks around it are part of the value: remove them",
    "k1:9092,\\": "the backslash at the end is part of the value",
    "${BROKERS}": "nothing has filled this in",
    "$(cat /run/brokers)": "nothing has filled this in",
    "<host:port>": "nothing has filled this in",
    '"k1:9092': "a quote is part of the value: remove it",
}


@pytest.mark.parametrize("value", KINDS)
def test_what_a_file_left_in_a_value_is_named(value: str) -> None:
    line = leftovers([BROKERS], {BROKERS: value})[BROKERS]

    assert line.startswith(f"{BROKERS}: {KINDS[value]}")
    assert "k1" not in line


@pytest.mark.parametrize("name", NAMES)
def test_quotes_are_named_for_every_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(one for one in SERVICES if name in {setting(one, f) for f in one.model_fields})
    monkeypatch.setenv(name, '"1"')

    _, problems = read(kind)

    (line,) = [line for line in problems if line.startswith(f"{name}:")]
    words, _, tip = line.partition(", or, where it belongs to the secret, ")
    assert words == f"{name}: the quotes are part of the value: remove them"
    assert tip in ("", f"give that in the file that {name}_FILE names")


@pytest.mark.parametrize("value", ["pass # word", 'quote"', "back\\", "a$b", "#", "p'w", ""])
def test_a_password_may_hold_what_is_a_fault_elsewhere(value: str) -> None:
    assert leftovers([PASSWORD], {PASSWORD: value}, [PASSWORD]) == {}


def test_quotes_of_a_password_and_of_a_files_name_are_named() -> None:
    given = {PASSWORD: "'s3cret'", f"{PASSWORD}_FILE": '"/run/secrets/redis"'}

    lines = leftovers(given, given, [PASSWORD])

    assert all("the quotes are part of the value" in line for line in lines.values())
    assert len(lines) == len(given)


@pytest.mark.parametrize(
    "name", ["export SENTUH_ENV", "\ufeffSENTUH_ENV", "SENTUH_ENV ", "\tSENTUH_ENV"]
)
def test_a_name_with_more_than_the_name_is_named(name: str) -> None:
    line = misnamed(["SENTUH_ENV"], {name: "prod"})[name]

    assert line.startswith("SENTUH_ENV: ")
    assert "part of the name where it is set: write SENTUH_ENV=VALUE" in line


def test_the_fault_of_the_file_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BROKERS, '"127.0.0.1:9092"')
    monkeypatch.setenv("SENTUH_REDIS_URL", "'redis://r:6379/0'")

    with pytest.raises(SettingError) as caught:
        settings_of(PayoutSettings)

    lines = str(caught.value).split("; ")
    assert [line.partition(":")[0] for line in lines] == [BROKERS, "SENTUH_REDIS_URL"]
    assert all("the quotes are part of the value" in line for line in lines)


def test_what_an_option_gives_needs_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BROKERS, '"127.0.0.1:9092"')

    settings, problems = read(KafkaSettings, **{BROKERS: "k2:9092"})

    assert problems == []
    assert settings is not None
    assert settings.kafka_bootstrap_servers == "k2:9092"
    assert problems_in(RedisSettings) == []
    assert issubclass(ServiceSettings, KafkaSettings)
