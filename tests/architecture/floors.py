"""The rooms of shared/ and their imports: `python -m tests.architecture.floors` draws them."""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.architecture.source import ROOT, Module, modules

PACKAGE = "shared"
FLOORS_MAX = 7
ROOMS = (
    "process",
    "kafka",
    "recovery",
    "pattern",
    "state",
    "connect",
    "observe",
    "contracts",
)

Arrows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Drawing:
    """Rooms and which rooms each of them imports."""

    arrows: Arrows

    def circle(self) -> tuple[str, ...]:
        """Rooms that import each other in a ring, the first one named again; empty without one."""
        done: set[str] = set()
        for room in sorted(self.arrows):
            if ring := self._circle_from(room, (), done):
                return ring
        return ()

    def _circle_from(self, room: str, path: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
        if room in path:
            return (*path[path.index(room) :], room)
        if room in done:
            return ()
        for below in sorted(self.arrows.get(room, ())):
            if ring := self._circle_from(below, (*path, room), done):
                return ring
        done.add(room)
        return ()

    def floors(self) -> dict[str, int]:
        """The floor of each room: 1 if it imports no room, else one above the highest it does."""
        floors: dict[str, int] = {}
        waiting = set(self.arrows)
        while waiting:
            ready = {room for room in waiting if self.arrows[room] <= floors.keys()}
            if not ready:
                return {}  # a circle has no floors
            for room in ready:
                floors[room] = 1 + max((floors[below] for below in self.arrows[room]), default=0)
            waiting -= ready
        return floors

    def back(self, order: Iterable[Iterable[str]]) -> list[str]:
        """Each arrow that leads to a room on the same floor of this order, or on a higher one."""
        level = {room: number for number, floor in enumerate(order) for room in floor}
        return [
            f"{room} imports {below}"
            for room, imported in sorted(self.arrows.items())
            for below in sorted(imported)
            if level[below] <= level[room]
        ]

    def table(self) -> str:
        """One line a room, the highest floor first: its floor, its name, the rooms it imports."""
        floors = self.floors()
        count = sum(len(imported) for imported in self.arrows.values())
        rooms = sorted(self.arrows, key=lambda room: (-floors.get(room, 0), room))
        lines = [
            f"{floors.get(room, '-'):>5}  {room:<10} {' '.join(sorted(self.arrows[room])) or '-'}"
            for room in rooms
        ]
        head = f"{len(rooms)} rooms, {max(floors.values(), default=0)} floors, {count} arrows"
        return "\n".join([head, "floor  room       imports", *lines])


def draw(sources: Iterable[Module]) -> Drawing:
    """The drawing of these files of the package."""
    arrows: dict[str, set[str]] = {}
    for module in sources:
        if module.parts[0] != PACKAGE or len(module.parts) < 3:
            continue
        room = module.parts[1]
        arrows.setdefault(room, set()).update(imported_rooms(module))
        arrows[room].discard(room)
    return Drawing({room: frozenset(imported) for room, imported in arrows.items()})


def imported_rooms(module: Module) -> Iterator[str]:
    """The rooms a file imports from, anywhere in it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, inner = name.partition(".")
            if package == PACKAGE and inner:
                room = inner.partition(".")[0]
                if room in ROOMS:
                    yield room


def layers() -> list[list[str]]:
    """The floors as import-linter is told to hold them, the highest first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    rows = next(rule["layers"] for rule in contracts if rule.get("containers") == [PACKAGE])
    return [[room.strip() for room in str(row).split("|")] for row in rows]


def main() -> None:
    """Print the drawing."""
    print(draw(modules()).table())


if __name__ == "__main__":
    main()
