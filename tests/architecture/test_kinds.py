"""A kind of question is known in its own rooms and nowhere else, and it is in all of them."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from shared.contracts.questions import KINDS, ROOMS
from tests.architecture.source import ROOT, Module, modules

OWN_NAMES = {kind: frozenset({"options"}) for kind in ("choice", "choices", "record")}
"""By kind, fields of its questions that nobody but the files of such kinds may read. mypy finds the
others: a `Question` has none. Options had been known everywhere, also where a type is not looked
at."""
OF_SEVERAL_KINDS = frozenset({"shared/contracts/options.py"})
"""What several kinds have in common."""
SHARED_IN_ROOMS = {
    "services.qa.agreement": frozenset(
        {"calibration", "evidence", "learning", "reliability", "terms"}
    ),
    "sentuh.audit.recount": frozenset({"terms", "witness"}),
    "sentuh.demo.people": frozenset({"terms"}),
}
"""By room, the files that all kinds share."""
PRODUCT = frozenset({"services", "shared", "sentuh"})
ASK = "ask the question (shared/contracts/question.py), or give it one more method"


def missing_files(kinds: Iterable[str], paths: Iterable[str]) -> list[str]:
    """What each kind lacks: its file or folder in a room, and the test beside it."""
    there = set(paths)
    missing = []
    for kind in kinds:
        for room in ROOMS:
            folder = room.replace(".", "/")
            if not there & {f"{folder}/{kind}.py", f"{folder}/{kind}/__init__.py"}:
                missing.append(f"{folder}/{kind}.py: every kind has a file in every room")
            tests = f"tests/{folder}"
            if not there & {f"{tests}/test_{kind}.py", f"{tests}/{kind}/__init__.py"}:
                missing.append(f"{tests}/test_{kind}.py: every file of a kind has its test")
    return missing


def strange_files(kinds: Iterable[str], paths: Iterable[str]) -> list[str]:
    """What stands in a room and is neither a kind's nor shared by all of them."""
    allowed = {"__init__", *kinds}
    strange = []
    for room in ROOMS:
        folder = room.replace(".", "/")
        inside = [path for path in paths if path.startswith(f"{folder}/")]
        names = sorted({path.split("/")[folder.count("/") + 1] for path in inside})
        known = allowed | SHARED_IN_ROOMS.get(room, frozenset())
        strange += [
            f"{folder}/{name}: add shared/contracts/questions/{name} too"
            for name in names
            if name.removesuffix(".py") not in known
        ]
    return strange


def is_own_file(path: str, kind: str) -> bool:
    """Whether a file is the kind's own, in one of the rooms."""
    places = [f"{room.replace('.', '/')}/{kind}" for room in ROOMS]
    return any(path == f"{place}.py" or path.startswith(f"{place}/") for place in places)


def may_read_names_of(path: str, kind: str) -> bool:
    """Whether a file is shared by kinds, or of one whose questions have fields of these names."""
    alike = [other for other, names in OWN_NAMES.items() if names & OWN_NAMES.get(kind, set())]
    return path in OF_SEVERAL_KINDS or any(is_own_file(path, other) for other in alike)


def knows_a_kind(module: Module, kind: str) -> Iterator[str]:
    """Each line on which a file that is not the kind's own knows the kind."""
    own = {f"{room}.{kind}" for room in ROOMS}
    names = frozenset() if may_read_names_of(module.path, kind) else OWN_NAMES.get(kind, ())
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            if any(name == file or name.startswith(f"{file}.") for name in named for file in own):
                yield f"{module.path}:{node.lineno}: imports a file of the kind {kind}: {ASK}"
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield f"{module.path}:{node.lineno}: .{node.attr} is the kind {kind}'s own: {ASK}"
        if isinstance(node, ast.Compare) and compares_kind(node, kind):
            yield f"{module.path}:{node.lineno}: compares a kind with {kind!r}: {ASK}"


def compares_kind(node: ast.Compare, kind: str) -> bool:
    """Whether something called `kind` is compared with this kind's name."""
    sides = [node.left, *node.comparators]
    texts = {part.value for side in sides for part in ast.walk(side)
             if isinstance(part, ast.Constant)}  # fmt: skip
    names = {getattr(side, "attr", getattr(side, "id", "")) for side in sides}
    return kind in texts and any(name.lower().endswith("kind") for name in names)


def test_every_kind_has_a_file_and_a_test_in_every_room() -> None:
    missing = missing_files(KINDS, [module.path for module in modules()])

    assert not missing, "\n".join(missing)


def test_every_file_in_a_room_is_of_a_kind() -> None:
    strange = strange_files(KINDS, [module.path for module in modules()])

    assert not strange, "\n".join(strange)


def test_only_its_own_files_know_a_kind() -> None:
    ours = [module for module in modules() if module.parts[0] in PRODUCT]
    wrong = [
        line
        for kind in KINDS
        for module in ours
        if not is_own_file(module.path, kind)
        for line in knows_a_kind(module, kind)
    ]

    assert not wrong, "\n".join(wrong)


def test_a_room_that_is_listed_is_there() -> None:
    assert all((ROOT / room.replace(".", "/")).is_dir() for room in ROOMS)


def test_a_missing_and_a_strange_file_are_caught() -> None:
    paths = ["shared/contracts/questions/choice.py", "sentuh/demo/people/ranking.py"]

    assert "sentuh/demo/people/choice.py" in "\n".join(missing_files(["choice"], paths))
    assert "tests/shared/contracts/questions/test_choice.py" in missing_files(["choice"], paths)[0]
    assert strange_files(["choice"], paths) == [
        "sentuh/demo/people/ranking.py: add shared/contracts/questions/ranking.py too"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from shared.contracts.questions.choice import ChoiceQuestion",
        "from shared.contracts.questions import choice",
        "from services.qa.agreement.choice.tallying import tally",
        "labels = claims.asks.options",
        "if question.kind == 'choice': pass",
        "if kind in ('choice', 'rating'): pass",
    ],
)
def test_whoever_knows_a_kind_is_caught(text: str) -> None:
    (wrong,) = knows_a_kind(Module("services/router/checks.py", text), "choice")

    assert wrong.startswith("services/router/checks.py:1: ")
    assert ASK in wrong


def test_whoever_asks_the_question_is_left_alone() -> None:
    text = "from sentuh.commands import options\nif kind == 'missing': claims.asks.kind\n"

    assert not list(knows_a_kind(Module("services/router/checks.py", text), "choice"))
