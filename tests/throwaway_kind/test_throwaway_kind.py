"""A new kind is one file in each room and nothing else: shown by a kind made for this test."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.questions import KINDS, ROOMS
from tests.architecture.source import ROOT

KIND = "whole_number"
HERE = Path(__file__).parent
COPIED = ("services", "shared", "sentuh", "tests/support", "tests/throwaway_kind")
SECONDS_MAX = 120


def files_of_the_kind(house: Path) -> dict[Path, Path]:
    """Where each file of the kind goes in a house, and where it is kept here."""
    rooms = {Path(*room.split(".")) for room in ROOMS}
    return {house / room / f"{KIND}.py": HERE / room.name / f"{KIND}.py" for room in rooms}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the story prints in a copy of the house that has the kind's files, and no other."""
    house = tmp_path_factory.mktemp("house")
    for part in COPIED:
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "__init__.py", house / "tests")
    for place, kept in files_of_the_kind(house).items():
        assert not place.exists()
        shutil.copy(kept, place)
    command = [sys.executable, "-m", "tests.throwaway_kind.story"]
    done = subprocess.run(
        command, cwd=house, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == 0, done.stderr
    # The lines before it are the services' log.
    printed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return printed


def test_the_kind_has_one_file_in_each_room_and_is_unknown_here() -> None:
    assert KIND not in KINDS
    assert len(files_of_the_kind(ROOT)) == len(ROOMS)
    assert all(kept.exists() for kept in files_of_the_kind(ROOT).values())


def test_a_question_goes_from_the_catalog_to_its_verdict(story: dict[str, Any]) -> None:
    people, model = sorted(story["verdicts"], key=lambda verdict: verdict["by"], reverse=True)

    assert people["answer"] == 7
    assert people["by"] == "people"
    assert people["stop_reason"] == "confident"
    assert people["kind"] == KIND
    assert people["detail"] == {"lowest": 6, "highest": 7}
    assert sorted(vote["answer"] for vote in people["votes"]) == [6, 7, 7]
    assert people["distribution"].keys() == {"6", "7"}
    assert model["answer"] == 12
    assert model["by"] == "model"
    assert model["distribution"] == {"12": 0.95}
    assert model["kind"] == KIND


def test_every_answer_is_paid_and_the_audit_finds_nothing(story: dict[str, Any]) -> None:
    assert story["earnings"] == 3
    assert story["broken"] == []


def test_what_is_no_answer_is_refused_with_the_fix(story: dict[str, Any]) -> None:
    assert story["refused"].count("bad_answer") == 4
    assert story["refused"].count("invalid_field") == 1
    assert story["fixes"].count("answer: answer with a whole number from 0 to 18") == 4
    assert "text: people count in it: send it" in story["fixes"]


def test_offer_schema_and_trace_speak_of_the_kind(story: dict[str, Any]) -> None:
    assert story["offered"] == {"kind": KIND, "low": 0, "high": 18}
    assert story["asked"] == "a bird " * 9
    assert "reached the verdict: 7, they said 6 to 7" in story["story"]
    assert any("give or take 0.5 is asked for" in why for why in story["reasons"])
    assert {"integer", "string"} <= {kind.get("type") for kind in story["schema"]["anyOf"]}
    assert "answered 7" in story["story"]
    assert story["ending"].startswith("7, ")
    assert 0 <= story["guess"] <= 20


def test_its_verdict_is_explained(story: dict[str, Any]) -> None:
    (told,) = story["explained"]
    assert told["recounted"]["agrees"]
    assert sorted(voice["told"] for voice in told["voices"]) == ["6", "7", "7"]


def test_the_catalog_is_checked_by_the_kind(story: dict[str, Any]) -> None:
    assert story["catalog"] == [
        "task_types.birds.low: 30 is above high; set it to 20 or less",
        "task_types.birds.hihg: is not known here; did you mean high?",
        "task_types.birds.gate.waived_answer: 99 is no answer;"
        " answer with a whole number from 30 to 20",
        "task_types.birds.stopping.confidence: is nothing that a task type of the kind whole_number"
        " stops at; remove it, and set tolerance",
        "task_types.birds.stopping.tolerance: is missing; add it",
    ]
