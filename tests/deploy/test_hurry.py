"""Hurried rules are the deployed ones but for their times."""

import re

import pytest

from tests.alerts.hurry import hurried
from tests.architecture.source import ROOT
from tests.deploy.promtool import promtool

FOLDER = ROOT / "deploy" / "prometheus"


def test_times_are_divided_and_nothing_else() -> None:
    said = hurried("        expr: increase(x[15m]) > 20\n        for: 5m\n", 10)

    assert said == "        expr: increase(x[90s]) > 20\n        for: 30s\n"


def test_no_time_is_shorter_than_three_scrapes() -> None:
    assert hurried("rate(x[30s])", 10) == "rate(x[9s])"


@pytest.mark.parametrize("name", ["rules.yml", "alerts.yml", "prometheus.yml"])
def test_a_hurried_file_differs_only_in_times(name: str) -> None:
    text = (FOLDER / name).read_text()
    times = re.compile(r"\b\d+[smh]\b")

    assert times.sub("T", hurried(text, 10)) == times.sub("T", text)


def test_hurried_rules_are_rules(tmp_path: object) -> None:
    from pathlib import Path

    from tests.alerts.hurry import write

    target = Path(str(tmp_path)) / "prometheus"
    write(FOLDER, target, by=10)

    promtool("check", "rules", "rules.yml", "alerts.yml", folder=target)
    promtool("check", "config", "prometheus.yml", folder=target)
