"""Docstrings begin with a verb, class names are unique, and code whose order matters says why."""

import pytest

from tests.architecture.plain_english import (
    COMMENT_SHARE_MIN,
    classes_of_one_name,
    comment_share,
    docstrings_begin_with_a_verb,
)
from tests.architecture.source import Module, code_and_comments, modules
from tests.architecture.verbs import is_verb


def wrong(
    docstring: str, returns: str = "str", *, path: str = "shared/x.py", more: str = ""
) -> str:
    text = f"{more}\ndef act(x) -> {returns}:\n    '''{docstring}'''\n"
    return "".join(docstrings_begin_with_a_verb(Module(path, text)))


@pytest.mark.parametrize(
    "docstring",
    [
        "Return the lane's name.",
        "Returns the lane's name.",
        "Raise EpochGone where another epoch is open.",
        "Tries again after a second.",
        "Has it say goodbye when it stops.",
        "Name the topic as it is on the broker.",
    ],
)
def test_a_verb_at_the_beginning_is_right(docstring: str) -> None:
    assert not wrong(docstring)


@pytest.mark.parametrize(
    "docstring",
    [
        "What the slot answered.",
        "That the epoch is open.",
        "It is not to be taken to its end.",
        "All of it, each once.",
        "The lane's name.",
        "A loaded hash.",
        "Records not yet handled.",
        "Name of the topic.",
        "Names in the environment.",
        "Whether it is open.",
        "...",
    ],
)
def test_another_beginning_is_caught(docstring: str) -> None:
    assert wrong(docstring).startswith("shared/x.py:2: act (")


@pytest.mark.parametrize("returns", ["bool", "bool | None", "TypeGuard[str]"])
def test_whether_is_for_what_answers_yes_or_no(returns: str) -> None:
    assert not wrong("Whether the epoch is open.", returns)


def test_a_property_names_what_it_is() -> None:
    assert not wrong("Records not yet handled.", more="@property")
    assert not wrong("Records not yet handled.", more="@functools.cached_property")
    assert not wrong("Whether it is open.", "bool", more="@property")
    assert wrong("What waits.", more="@property")
    assert wrong("So many records.", more="@property")


def test_a_redis_key_is_documented_by_the_type_of_its_value() -> None:
    assert not wrong("Sorted set: worker → since when.", path="services/qa/keys.py")
    assert wrong("Sorted set: worker → since when.", path="services/qa/fold.py")
    assert wrong("The workers.", path="services/qa/keys.py")


def test_only_the_product_is_held_to_it() -> None:
    assert not wrong("The lane's name.", path="tests/x.py")


@pytest.mark.parametrize("word", ["return", "Tries", "passes", "takes"])
def test_a_verb_is_known_in_its_two_forms(word: str) -> None:
    assert is_verb(word)


@pytest.mark.parametrize("word", ["The", "whether", "nothing", "ies", "es", "s"])
def test_what_is_no_verb_is_not_taken_for_one(word: str) -> None:
    assert not is_verb(word)


def test_every_class_has_a_name_of_its_own() -> None:
    doubles = classes_of_one_name(modules())

    assert not doubles, "\n".join(doubles)


def test_a_name_of_two_classes_is_caught() -> None:
    both = [Module(f"{path}.py", "class Seat: ...") for path in ("shared/x", "services/y")]

    assert "class Seat is defined 2 times (shared/x.py:1" in classes_of_one_name(both)[0]
    assert not classes_of_one_name([*both[:1], Module("tests/x.py", "class Seat: ...")])


@pytest.mark.parametrize(("path", "share"), COMMENT_SHARE_MIN.items())
def test_code_says_why(path: str, share: float) -> None:
    measured = comment_share(module for module in modules() if module.path.startswith(f"{path}/"))

    assert measured >= share > 0, (
        f"{path}: {measured:.2%} of its lines are comments, {share:.1%} at least: say above a step"
        " whose order matters what breaks otherwise"
    )


def test_docstrings_and_blank_lines_are_neither_code_nor_comments() -> None:
    text = (
        '"""What\nis here."""\n\nX = 1  # no line of its own\n# why\n\n\ndef f():\n    """Do."""\n'
    )

    assert code_and_comments(Module("shared/x.py", text)) == (2, 1)
    assert comment_share([Module("shared/x.py", text)]) == 0.5
