"""The dashboards are those of the code; every expression parses and asks for what is there."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sentuh.published.dashboards import BOARDS, Board
from shared.contracts.topics import SERVICES
from tests.architecture.source import ROOT
from tests.deploy.promql import unknown
from tests.deploy.promtool import promtool
from tests.deploy.test_alerts import RECORDED

FOLDER = ROOT / "deploy" / "grafana"


def panels(board: Board) -> list[dict[str, Any]]:
    return [panel for panel in json.loads(board.as_text())["panels"] if panel["type"] != "row"]


def asked(board: Board) -> list[str]:
    return [target["expr"] for panel in panels(board) for target in panel["targets"]]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_the_file_is_that_of_the_code(board: Board) -> None:
    path = FOLDER / "dashboards" / f"{board.name}.json"

    assert path.read_text() == board.as_text(), "run `sentuh dashboards`"


def test_there_is_no_other_file() -> None:
    files = {path.stem for path in (FOLDER / "dashboards").iterdir()}

    assert files == {board.name for board in BOARDS}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_panels_ask_for_what_is_there(board: Board) -> None:
    wrong = [said for expression in asked(board) for said in unknown(expression, RECORDED)]

    assert not wrong, "\n".join(wrong)


def test_every_expression_parses(tmp_path: Path) -> None:
    expressions = [
        one.replace("$__rate_interval", "1m") for board in BOARDS for one in asked(board)
    ]
    rules = [{"record": f"asked:{at}", "expr": one} for at, one in enumerate(expressions)]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))
    tmp_path.chmod(0o755)

    promtool("check", "rules", "--lint=none", "asked.yml", folder=tmp_path)


def test_services_have_the_same_rows_in_the_same_order() -> None:
    boards = {board.name: board for board in BOARDS}
    rows = {tuple(row.title for row in boards[service].rows[:-1]) for service in SERVICES}

    assert len(rows) == 1
    assert all(boards[service].rows[-1].title.endswith(f"{service} knows") for service in SERVICES)


def test_panels_do_not_overlap() -> None:
    for board in BOARDS:
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(board.as_text())["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, f"{board.name}: {panel['title']}"
            assert place["x"] + place["w"] <= 24
            taken |= cells


def test_the_provisioned_source_is_the_one_panels_name() -> None:
    path = FOLDER / "provisioning" / "datasources" / "prometheus.yml"
    (source,) = yaml.safe_load(path.read_text())["datasources"]

    assert {panel["datasource"]["uid"] for board in BOARDS for panel in panels(board)} == {
        source["uid"]
    }
