"""Lists the formats that intake reads, for the command line and for the documentation."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Console

from sentuh.history.printable import shown
from services.intake.formats import FORMATS, check_added
from services.intake.formats.payload import Format
from shared.contracts.errors import SettingError

__all__ = ["check_added", "markdown", "show_formats"]

HEAD = ("format", "written by", "confidence is read from", "without one")


def show_formats(name: str | None, console: Console | None = None) -> None:
    """Print all formats with an example each, or one of them whole.

    Raises SettingError for a name that is no format.
    """
    to = console or Console(highlight=False)
    if name is None:
        for one_format in _sorted():
            known_as, programs, confidence, without = map(shown, _cells(one_format))
            to.print(f"[bold]{known_as}[/]  {programs}")
            to.print(f"  [dim]confidence:[/] {confidence}; [dim]without one:[/] {without}")
            to.print(f"  [dim]{shown(_example(one_format))}[/]", soft_wrap=True)
        return
    if name not in FORMATS:
        raise SettingError(f"--format-help {name}: use one of {', '.join(sorted(FORMATS))}")
    one_format = FORMATS[name]
    for head, cell in zip(HEAD, _cells(one_format), strict=True):
        to.print(f"[dim]{head}[/] {shown(cell)}")
    # Line by line: `shown` takes line ends for marks that a terminal obeys.
    for line in json.dumps(one_format.example, indent=2, ensure_ascii=False).splitlines():
        to.print(shown(line), soft_wrap=True)


def markdown() -> Iterator[str]:
    """Yield the lines of the documentation's table of formats."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{'---|' * len(HEAD)}"
    for one_format in _sorted():
        name, *cells = _cells(one_format)
        yield f"| `{name}` | {' | '.join(cells)} |"


def _sorted() -> Sequence[Format]:
    return [FORMATS[name] for name in sorted(FORMATS)]


def _cells(one_format: Format) -> tuple[str, ...]:
    return one_format.name, one_format.programs, one_format.confidence, one_format.without


def _example(one_format: Format) -> str:
    return json.dumps(one_format.example, ensure_ascii=False)
