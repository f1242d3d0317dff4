"""The command `sentuh check`: what becomes of an output, and why, without a broker."""

import json
from pathlib import Path
from typing import Any

import pytest

from sentuh.__main__ import main
from services.intake.formats import FORMATS
from tests.architecture.source import ROOT

CATALOG = str(ROOT / "deploy" / "catalog.yaml")
CHAT = FORMATS["openai.chat"].example
PROBABILITIES = FORMATS["sklearn.proba"].example


def _checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *values: Any
) -> tuple[int, list[dict[str, Any]]]:
    path = tmp_path / "outputs.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    code = main(["check", str(path), "--catalog", CATALOG, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_people_see_it_with_the_output_in_the_common_form(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, [checked] = _checked(capsys, tmp_path, CHAT)
    assert code == 0
    assert (checked["became"], checked["task_type"]) == ("task", "chat-check")
    assert checked["output"]["text"] == "positive"
    assert checked["gate"]["reason"] == "below_threshold"
    assert checked["output"]["confidence"]["source_path"].startswith("$.choices[0].logprobs")


def test_a_refused_one_makes_1_and_names_the_fix(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, (fine, refused) = _checked(capsys, tmp_path, CHAT, PROBABILITIES)
    assert code == 1
    assert fine["became"] == "task"
    assert (refused["became"], refused["reason"]) == ("refused", "missing")
    assert "media: people need it" in refused["detail"]
    assert refused["output"]["format"] == "sklearn.proba"


def test_the_table_says_what_why_and_how_many(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "outputs.jsonl"
    path.write_text(f"{json.dumps(CHAT)}\n{json.dumps({'x': 1})}\n")
    assert main(["check", str(path), "--catalog", CATALOG]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "people see it" in printed
    assert "openai.chat, asked as chat-check" in printed
    assert "unknown_format" in printed
    assert "1 task, 0 waived, 1 refused" in printed


def test_no_file_and_a_bad_catalog_are_wrong_use(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["check"]) == 2
    assert "name a file of model outputs" in capsys.readouterr().err
    bad = tmp_path / "catalog.yaml"
    bad.write_text("task_types: {}\n")
    assert main(["check", "-", "--catalog", str(bad)]) == 2
    assert "sentuh catalog check" in capsys.readouterr().err


def test_formats_are_listed_with_an_example_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format-help"]) == 0
    printed = capsys.readouterr().out
    assert "openai.chat" in printed
    assert main(["check", "--format-help", "sklearn.proba"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed[printed.index("{") :]) == PROBABILITIES
    assert main(["check", "--format-help", "sklearn"]) == 2
    assert "use one of" in capsys.readouterr().err


@pytest.mark.parametrize(("end", "fits"), [(3, True), (99, False)])
def test_an_answer_that_is_no_text_is_shown_as_json_and_said_to_fit_or_not(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *, end: int, fits: bool
) -> None:
    spans = [{"start": 0, "end": end, "label": "name"}]
    path = tmp_path / "output.json"
    response = {"text": "Ann is in.", "answer": spans}
    path.write_text(
        json.dumps({"task_type": "names-in-text", "format": "sentuh.output", "response": response})
    )
    assert main(["check", str(path), "--catalog", CATALOG]) == 0
    printed = capsys.readouterr().out
    assert json.dumps(spans) in printed
    assert ("no draft" not in printed) == fits


def test_a_request_of_a_model_server_is_kept_for_its_response(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    event = {
        "specversion": "1.0",
        "type": "org.kubeflow.serving.inference.request",
        "source": "http://localhost:9081/",
        "id": "r-1",
    }
    request = {**event, "data": {"instances": ["Is this spam?"]}}
    response = {**event, "type": "org.kubeflow.serving.inference.response", "data": CHAT}
    code, checked = _checked(capsys, tmp_path, request, response)
    assert code == 0
    assert [(one["became"], one.get("request")) for one in checked] == [
        ("kept", "Is this spam?"), ("task", None),
    ]  # fmt: skip
    assert main(["check", str(tmp_path / "outputs.jsonl"), "--catalog", CATALOG]) == 0
    assert "Is this spam?" in capsys.readouterr().out


AVRO = (
    '{"type": "record", "name": "O", "fields": [{"name": "text", "type": "string"},'
    ' {"name": "confidence", "type": ["null", "string"]}]}'
)


def test_avro_is_read_by_the_schema_that_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    schema, path = tmp_path / "output.avsc", tmp_path / "output.avro"
    schema.write_text(AVRO)
    path.write_bytes(b"\x00\x00\x00\x00\x07\x06cat\x00")
    asked = ["check", str(path), "--catalog", CATALOG, "--json"]

    assert main(asked) == 1
    [refused] = json.loads(capsys.readouterr().out)
    assert "--schema" in refused["detail"]

    assert main([*asked, "--schema", str(schema)]) == 0
    [checked] = json.loads(capsys.readouterr().out)
    assert (checked["became"], checked["output"]["text"]) == ("task", "cat")


def test_a_schema_that_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["check", "-", "--schema", str(tmp_path / "none.avsc")]) != 0
    assert "--schema" in capsys.readouterr().err
