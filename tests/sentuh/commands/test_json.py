"""With --json a command prints one document, or one object a line, and nothing else."""

import json
from pathlib import Path

import pytest

from sentuh.__main__ import main
from shared.contracts.topics import SERVICES, TOPICS
from tests.architecture.source import ROOT
from tests.support.cluster import Kafka

CATALOG = ROOT / "deploy" / "catalog.yaml"


def test_a_good_catalog_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "check", "--json", str(CATALOG)]) == 0
    document = json.loads(capsys.readouterr().out)

    assert document["file"] == str(CATALOG)
    assert document["ok"] is True
    assert len(document["task_types"]) == 16
    assert len(document["digest"]) == 64


def test_a_bad_catalog_as_json_is_1_and_lists_its_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "catalog.yaml"
    bad.write_text(CATALOG.read_text().replace("threshold: 0.85", "threshold: 8.5"))

    assert main(["catalog", "check", str(bad), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert set(document["problems"][0]) == {"file", "line", "field", "fault", "fix"}


def test_every_metric_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "--json"]) == 0
    parts = json.loads(capsys.readouterr().out)

    assert set(parts) == {*SERVICES, "auditor"}
    assert all(
        {"name", "kind", "meaning", "rise", "labels"} == set(metric)
        for metrics in parts.values()
        for metric in metrics
    )


def test_rights_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "acls", "--role", "router", "--json", "--prefix", "x."]) == 0
    rows = json.loads(capsys.readouterr().out)

    assert {row["principal"] for row in rows} == {"User:router"}
    assert "x.tasks" in {row["name"] for row in rows if row["operation"] == "Read"}


def test_topics_as_json(kafka: Kafka, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--kafka", kafka.bootstrap, "--prefix", prefix, "--json"]

    for action, code, done in (("plan", 0, False), ("check", 1, False), ("apply", 0, True)):
        assert main(["topics", action, *where]) == code
        document = json.loads(capsys.readouterr().out)
        assert len(document["steps"]) == len(TOPICS)
        assert document["done"] == done
        assert document["unchanged"] == 0
    assert main(["topics", "check", *where]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["steps"] == []
    assert document["unchanged"] == len(TOPICS)
