"""What the worker app in one file shows and sends, without a broker."""

import importlib.util
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

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
