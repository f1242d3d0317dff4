"""A wrong setting ends a process with one line that names it; values that clash say why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.payout.settings import PayoutSettings
from services.router.settings import RouterSettings
from shared.connect.settings import settings_of
from shared.contracts.errors import SettingError


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SENTUH_")]:
        monkeypatch.delenv(name)


def test_what_is_lacking_is_named_with_what_was_probably_meant_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEY", "k1=" + "s" * 32)

    with pytest.raises(SettingError, match=r"perhaps SENTUH_ROUTER_TOKEN_KEYS(_FILE)? was meant"):
        settings_of(RouterSettings)


@pytest.mark.parametrize("value", [None, "", "hunter2", "k1=hunter2"])
def test_keys_that_are_lacking_or_no_keys_are_told_how_to_make_them(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS", value)

    with pytest.raises(SettingError) as failure:
        settings_of(RouterSettings)

    said = str(failure.value)
    assert said.startswith("SENTUH_ROUTER_TOKEN_KEYS: ")
    assert "name=secret" in said or "32 bytes" in said
    assert "`echo k1=$(openssl rand -hex 32)` makes one" in said
    assert "hunter2" not in said


def test_nobody_on_another_machine_is_answered_unless_that_is_set() -> None:
    assert settings_of(PayoutSettings).http_host == "127.0.0.1"


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


def test_a_value_can_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "keys"
    held.write_text(f"k1={'s' * 32}\n")
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS_FILE", str(held))
    (tmp_path / "url").write_text("redis://elsewhere:6379/1\r\n")
    monkeypatch.setenv("SENTUH_REDIS_URL_FILE", str(tmp_path / "url"))

    read = settings_of(RouterSettings)

    assert read.token_keys.get_secret_value() == f"k1={'s' * 32}"
    assert read.redis_url == "redis://elsewhere:6379/1"


@pytest.mark.parametrize(
    ("content", "fix"),
    [
        (None, "SENTUH_REDIS_URL_FILE: {path} cannot be read (No such file or directory)"),
        (b"\xff", "SENTUH_REDIS_URL_FILE: {path} cannot be read (it is no UTF-8 text)"),
        (b"hunter2", "SENTUH_REDIS_URL: give a URL such as redis://"),
    ],
)
def test_a_file_that_says_nothing_useful_is_named_and_not_quoted(
    content: bytes | None, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = tmp_path / "url"
    if content is not None:
        held.write_bytes(content)
    monkeypatch.setenv("SENTUH_REDIS_URL_FILE", str(held))

    with pytest.raises(SettingError) as failure:
        settings_of(PayoutSettings)

    assert str(failure.value).startswith(fix.format(path=held))
    assert "hunter2" not in str(failure.value)


def test_a_value_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTUH_REDIS_URL", "redis://here:6379")
    monkeypatch.setenv("SENTUH_REDIS_URL_FILE", "/run/secrets/redis_url")

    with pytest.raises(SettingError, match="take away SENTUH_REDIS_URL or SENTUH_REDIS_URL_FILE"):
        settings_of(PayoutSettings)


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
        timeout=120,
    )

    assert done.stdout == ""
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["SENTUH_BATCH_MAX: write a whole number (an integer)"]
