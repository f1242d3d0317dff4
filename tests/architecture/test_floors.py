"""Every room of shared/ and sentuh/ is there; shared/ has few floors and imports lead down."""

from itertools import pairwise

from tests.architecture.floors import FLOORS_MAX, ROOMS, Drawing, draw, layers
from tests.architecture.source import ROOT, Module, modules

SENTUH_ROOMS = {
    "audit",
    "broker",
    "commands",
    "check",
    "dead_letters",
    "demo",
    "embedded",
    "explain",
    "golds",
    "history",
    "published",
    "trace",
}


def test_every_room_of_shared_is_there_and_there_is_no_other() -> None:
    rooms = {path.parent.name for path in (ROOT / "shared").glob("*/__init__.py")}

    assert rooms == set(ROOMS), "a new room of shared/ is named in tests/architecture/floors.py"
    assert {path.name for path in (ROOT / "shared").glob("*.py")} == {"__init__.py"}


def test_every_room_of_the_command_line_is_there_and_there_is_no_other() -> None:
    rooms = {path.parent.name for path in (ROOT / "sentuh").glob("*/__init__.py")}

    assert rooms == SENTUH_ROOMS, "a new room of sentuh/ is named here and in pyproject.toml"
    assert {path.name for path in (ROOT / "sentuh").glob("*.py")} == {"__init__.py", "__main__.py"}


def test_imports_between_rooms_make_no_circle() -> None:
    drawing = draw(modules())

    assert not drawing.circle(), f"{' -> '.join(drawing.circle())}\n{drawing.table()}"


def test_there_are_few_floors() -> None:
    drawing = draw(modules())

    assert 0 < max(drawing.floors().values(), default=0) <= FLOORS_MAX, drawing.table()


def test_every_arrow_leads_down_in_the_order_the_linter_holds() -> None:
    drawing = draw(modules())

    assert {room for floor in layers() for room in floor} == set(ROOMS)
    assert len(layers()) <= FLOORS_MAX
    assert not drawing.back(layers()), "\n".join([*drawing.back(layers()), drawing.table()])


def test_a_circle_is_caught() -> None:
    ring = Drawing(
        {
            "kafka": frozenset({"state"}),
            "state": frozenset({"connect"}),
            "connect": frozenset({"kafka"}),
        }
    )

    assert ring.circle() == ("connect", "kafka", "state", "connect")
    assert ring.floors() == {}


def test_an_arrow_back_and_one_floor_too_many_are_caught() -> None:
    chain = [f"r{number}" for number in range(8)]
    tower = Drawing(
        {room: frozenset({below}) for room, below in pairwise(chain)} | {chain[-1]: frozenset()}
    )

    assert tower.circle() == ()
    assert max(tower.floors().values()) == 8
    assert tower.back([[room] for room in chain]) == []
    assert tower.back([[room] for room in reversed(chain)])[0] == "r0 imports r1"
    assert tower.back([["r0", "r1"], *([room] for room in chain[2:])]) == ["r0 imports r1"]


def test_every_kind_of_import_is_an_arrow() -> None:
    text = "import shared.kafka.log\nfrom shared.state import version\nfrom shared import connect\n"
    drawing = draw([Module("shared/pattern/x.py", text), Module("services/qa/fold.py", text)])

    assert drawing.arrows == {"pattern": frozenset({"kafka", "state", "connect"})}
