"""A wrong setting ends a process with one line that names it; values that clash say why."""

import os
import subprocess
import sys

import pytest

from services.payout.settings import PayoutSettings
from shared.errors import SettingError
from shared.settings import settings_of


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SENTUH_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("SENTUH_KAFKA_BOOTSTRAP_SERVERS", "localhost", "host:port"),
        ("SENTUH_REDIS_URL", "http://user:hunter2@host", "redis://"),
        ("SENTUH_BATCH_MAX", "0", "greater than or equal to 1"),
        ("SENTUH_PAYOUT_HTTP_PORT", "70000", "less than or equal to 65535"),
        ("SENTUH_EPOCH_QUIET_SECONDS", "19", "twice SENTUH_PUBLISH_SECONDS"),
        ("SENTUH_SESSION_SECONDS", "20", "shorter than SENTUH_EPOCH_QUIET_SECONDS"),
        ("SENTUH_LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("SENTUH_PAYOUT_INSTANCE", "a b", "letters, digits"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(
    name: str, value: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError) as failure:
        settings_of(PayoutSettings)

    assert str(failure.value).startswith(f"{name}: ")
    assert fix in str(failure.value)
    assert "hunter2" not in str(failure.value)


def test_two_replicas_on_one_host_have_two_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTUH_PAYOUT_HTTP_PORT", "8104")
    first = settings_of(PayoutSettings)
    monkeypatch.setenv("SENTUH_PAYOUT_HTTP_PORT", "8105")

    assert first.member != settings_of(PayoutSettings).member
    assert first.member == PayoutSettings(http_port=8104).member


def test_the_group_is_the_service_under_its_prefix() -> None:
    assert PayoutSettings(topic_prefix="trial-").group == "trial-payout"


def test_a_process_told_something_wrong_ends_with_one_line_and_code_two() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.payout"],
        env={**os.environ, "SENTUH_BATCH_MAX": "many"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "SENTUH_BATCH_MAX: input should be a valid integer, unable to parse string as an integer"
    ]
