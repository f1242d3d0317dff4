"""Loads the formats that installed packages add, and says of each that cannot be used why.

Importing a package runs its code, which nobody can bound: one that hangs there hangs the start.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import NamedTuple

from services.intake.catalog.format_names import ADDED, ENTRY_POINTS, POINTS
from services.intake.formats.payload import Format

_WORDS_MAX = 200


class Added(NamedTuple):
    """The formats of installed packages, and a problem with its fix for each one left out."""

    formats: tuple[Format, ...]
    problems: tuple[str, ...]


def loaded(points: Mapping[str, EntryPoint] = ADDED, every: Iterable[EntryPoint] = POINTS) -> Added:
    """Load the formats of these entry points; `every` holds also those that share a name.

    Example of a problem: `entry point acme.labels of acme-formats 1.0: it names no Format: ...`.
    """
    formats, problems = [], []
    for name, point in points.items():
        others = [other for other in every if other.name == name and other != point]
        if others:
            packages = " and ".join(sorted({_package(one) for one in (point, *others)}))
            problems.append(f"{_of(point)}: {packages} both add it: uninstall one of them")
            continue
        format_, problem = _load(point)
        if problem is not None:
            problems.append(problem)
        elif format_ is not None:
            formats.append(format_)
    return Added(tuple(formats), tuple(problems))


def _load(point: EntryPoint) -> tuple[Format | None, str | None]:
    fix = f"mend that package, or uninstall it: pip uninstall {_name(point)}"
    try:
        added = point.load()
    except (Exception, SystemExit) as failure:  # noqa: BLE001 - a stranger's module may do anything
        words = f"{type(failure).__name__}: {failure}".split("\n")[0][:_WORDS_MAX]
        shown = "".join(one if one.isprintable() else "?" for one in words)
        return None, f"{_of(point)}: it cannot be loaded ({shown}): {fix}"
    if not isinstance(added, Format):
        return None, f"{_of(point)}: it names no Format but a {type(added).__name__}: {fix}"
    if added.name != point.name:
        return None, f"{_of(point)}: its Format has another name ({added.name[:60]!r}): {fix}"
    return added, None


def _of(point: EntryPoint) -> str:
    return f"entry point {point.name} ({ENTRY_POINTS}) of {_package(point)}"


def _package(point: EntryPoint) -> str:
    return "no package" if point.dist is None else f"{point.dist.name} {point.dist.version}"


def _name(point: EntryPoint) -> str:
    return "PACKAGE" if point.dist is None else point.dist.name
