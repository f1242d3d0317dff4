"""Every alert fires and falls silent, asks for what is there, and has its runbook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sentuh.__main__ import command_line
from sentuh.published.metrics_page import instruments
from shared.contracts.rights import rights
from shared.contracts.topics import Names
from tests.architecture.source import ROOT
from tests.deploy.promql import unknown
from tests.deploy.promtool import image, promtool

FOLDER = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "deploy" / "runbooks"
PARTS = ("## Meaning", "## Impact", "## Diagnosis", "## Mitigation")
COMMANDS = set(command_line().commands)
SEVERITIES = {"page", "ticket"}


def rules(name: str) -> list[dict[str, Any]]:
    """The rules of a file."""
    groups = yaml.safe_load((FOLDER / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


ALERTS = rules("alerts.yml")
NAMES = [rule["alert"] for rule in ALERTS]
RECORDED = frozenset(rule["record"] for rule in rules("rules.yml"))


def test_each_alert_fires_and_falls_silent() -> None:
    promtool("test", "rules", "alerts_test.yml", folder=FOLDER)


def test_the_docs_try_the_rules_with_the_stack_s_own_image() -> None:
    page = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")
    assert f"--entrypoint promtool {image()} test rules" in page


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_is_tried(name: str) -> None:
    tried = [
        (bool(asked["exp_samples"]), asked["eval_time"])
        for case in yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
        for asked in case.get("promql_expr_test", ())
        if f'alertname="{name}"' in asked["expr"]
    ]

    assert [fires for fires, _ in tried[:3]] == [False, True, False], tried


@pytest.mark.parametrize("file", ["rules.yml", "alerts.yml"])
def test_rules_ask_for_what_is_there(file: str) -> None:
    wrong = [
        f"{rule.get('alert', rule.get('record'))}: {said}"
        for rule in rules(file)
        for said in unknown(rule["expr"], RECORDED)
    ]

    assert not wrong, "\n".join(wrong)


def test_prometheus_reads_its_configuration() -> None:
    promtool("check", "config", "prometheus.yml", folder=FOLDER)


def test_each_alert_has_severity_summary_and_runbook() -> None:
    wrong = [
        rule["alert"]
        for rule in ALERTS
        if rule["labels"]["severity"] not in SEVERITIES
        or not rule["annotations"]["summary"]
        or rule["annotations"]["runbook"] != f"deploy/runbooks/{rule['alert']}.md"
    ]

    assert not wrong, wrong


def test_each_alert_has_its_runbook_and_each_runbook_its_alert() -> None:
    assert sorted(path.stem for path in RUNBOOKS.glob("*.md")) == sorted(NAMES)


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_says_all_four_things(path: Path) -> None:
    text = path.read_text()
    severity = next(rule["labels"]["severity"] for rule in ALERTS if rule["alert"] == path.stem)

    assert [line for line in text.splitlines() if line.startswith("## ")] == list(PARTS)
    assert f"Severity: {severity}." in text
    for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]:
        assert part.strip(), "a part of it is empty"
    for link in re.findall(r"\]\((\w+)\.md\)", text):
        assert link in NAMES, f"links to {link}, which is none"
    named = " ".join(re.findall(r"`([^`]*)`", text)).replace("<service>", "qa")
    whole = {row.name for rows in instruments().values() for row in rows}
    wrong = unknown(named, RECORDED | whole)
    assert not wrong, wrong


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_command_of_a_runbook_names_its_brokers_and_a_group_we_may_be(path: Path) -> None:
    commands = [said for said in re.findall(r"`([^`]*)`", path.read_text()) if ".sh" in said]
    groups = {one.name for one in rights(Names(), ["operators"]) if one.kind == "group"}

    for command in commands:
        assert "--bootstrap-server" in command, command
        if "--max-messages" in command:
            assert "--timeout-ms" in command, f"it would wait for ever: {command}"
        if "consumer.sh" in command:
            group = re.search(r"--group\s+(\S+)", command)
            assert group, f"it would be of a group of its own making: {command}"
            assert any(group[1].startswith(name) for name in groups), command


def no_such_commands(text: str) -> list[str]:
    """What a runbook calls that is not where it says, or not of `sentuh`."""
    found = []
    for command in re.findall(r"`([^`]*)`", text):
        first, *more = command.split()
        is_file = first.endswith(".sh") or first.startswith("deploy/")
        if is_file and not (ROOT / first).is_file():
            found.append(first)
        if first == "sentuh" and not (set(more[:1]) <= COMMANDS):
            found.append(command)
    return found


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_calls_what_is_there(path: Path) -> None:
    assert no_such_commands(path.read_text()) == []


@pytest.mark.parametrize(
    "text", ["`kafka-topics.sh --list`", "`deploy/no-such-tool x`", "`sentuh mend --all`"]
)
def test_a_command_that_is_not_there_is_caught(text: str) -> None:
    assert no_such_commands(text)


@pytest.mark.parametrize(
    "expression",
    [
        "sentuh_router_no_such_thing > 0",
        "rate(sentuh_router_offers[5m])",
        'sentuh_qa_verdicts_total{stop_reason="tired"}',
        '{__name__=~"sentuh_(intake|router)_ready"}',
        "sentuh:nothing:rate5m",
    ],
)
def test_what_is_not_there_is_caught(expression: str) -> None:
    assert unknown(expression, RECORDED)
    assert not unknown('sum(rate(sentuh_qa_verdicts_total{stop_reason="waived"}[5m]))', RECORDED)
