"""What the worker app in one file shows and sends, without a broker."""

import importlib.util
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

from shared.contracts.questions import KINDS

PATH = Path(__file__).parents[2] / "deploy" / "quickstarts" / "answer.py"
LABELS = [f"Intent {number}" for number in range(77)]


@pytest.fixture(scope="module")
def app() -> ModuleType:
    """The quickstart, imported."""
    spec = importlib.util.spec_from_file_location("answer", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_many_options_are_searched_and_a_few_of_them_shown(app: ModuleType) -> None:
    assert app.search("intent 76", LABELS) == "Intent 76"
    assert app.search("Intent 7", LABELS).startswith("Intent 7 / Intent 70 / ")
    assert app.search("", LABELS).endswith(" / Intent 19 / and 57 more")
    assert app.search("nothing", LABELS).startswith("none; to decline: ")


def test_a_search_goes_on_until_an_option_is_written(
    app: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = {"output": {}, "claims": {"options": LABELS}, "search": True}
    with mock.patch("builtins.input", side_effect=["76", "Intent 76"]) as asked:
        assert app.ask(offer) == "Intent 76"
    assert asked.call_args_list[0].args == ("  one of 77: write a part of it? ",)
    assert capsys.readouterr().out == "  Intent 76\n"


def test_a_list_is_shown_whole(app: ModuleType) -> None:
    offer = {"output": {"text": "hello"}, "claims": {"options": ["yes", "no"]}}
    with mock.patch("builtins.input", side_effect=["maybe", "no"]) as asked:
        assert app.ask(offer) == "no"
    assert asked.call_args_list[0].args == ("  yes / no? ",)


@pytest.mark.parametrize(
    ("kind", "line", "answer"),
    [
        ("choices", "dark, blurred", ["dark", "blurred"]),
        ("choices", "-", []),
        ("rating", "4.5", 4.5),
        ("preference", "c2 > c1 = c3", {"ranking": [["c2"], ["c1", "c3"]]}),
        ("preference", "none", {"none": True}),
        ("transcript", "good morning", {"text": "good morning"}),
        ("text", "Dear all", {"text": "Dear all"}),
        ("transcript", "other people left", {"text": "other people left"}),
        ("transcript", "[silence]", {"text": "[silence]"}),
        ("transcript", '{"text": "hm", "unclear": [[0, 1]]}', {"text": "hm", "unclear": [[0, 1]]}),
        ("spans", '[{"start": 0, "end": 2, "label": "name"}]',
         [{"start": 0, "end": 2, "label": "name"}]),
        ("record", '{"total": "12.50"}', {"total": "12.50"}),
    ],
)  # fmt: skip
def test_an_answer_of_each_kind_is_read_as_json(
    app: ModuleType, kind: str, line: str, answer: object
) -> None:
    assert app.response_of(line, {"kind": kind}) == ("answered", {"answer": answer})


def test_options_that_begin_as_a_reason_are_options(app: ModuleType) -> None:
    question = {"kind": "choices", "options": ["other colours", "dark"]}

    assert app.response_of("other colours, dark", question)[0] == "answered"
    assert app.response_of("other it is blurred", question)[0] == "declined"
    assert app.response_of("other", {"kind": "text"}) == ("declined", {"reason": "other"})


def test_every_kind_has_words_for_its_answer(app: ModuleType) -> None:
    assert KINDS.keys() <= {"choice", *app.HOW}


def test_what_cannot_be_read_is_asked_for_again(
    app: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = {
        "output": {"text": "hello"},
        "claims": {"options": {"kind": "rating", "low": 1, "high": 5}},
    }
    with mock.patch("builtins.input", side_effect=["", "good", "4"]) as asked:
        assert app.ask(offer) == "4"
    assert asked.call_args_list[0].args == ("  a number? ",)
    shown = capsys.readouterr().out
    assert '{"low": 1, "high": 5}' in shown
    assert shown.count("write it so, please") == 1


def test_what_a_task_asks_about_is_shown_and_declined_as_ever(
    app: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {
        "candidates": [{"id": "c1", "text": "At ten."}, {"id": "c2", "media": {"ref": "s3://a/b"}}],
        "text": "Ann met Ben.",
        "draft": {"text": "At ten"},
    }
    claims = {"options": {"kind": "preference", "candidates": ["c1", "c2"]}}
    with mock.patch("builtins.input", side_effect=["no_time"]):
        line = app.ask({"output": {}, "claims": claims, "asked": asked})
    shown = capsys.readouterr().out

    assert app.response_of(line, claims["options"]) == ("declined", {"reason": "no_time"})
    for words in ("c1: At ten.", "c2: (not shown here)", "to mark: Ann met Ben.", '"At ten"'):
        assert words in shown
