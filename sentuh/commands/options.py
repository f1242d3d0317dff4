"""Declares commands: a dataclass of its options, and a function whose docstring is the help.

Example:
    @dataclass(frozen=True, kw_only=True)
    class TraceOptions(BrokerOptions):
        id: Annotated[str, typer.Option(help="Id of the output.")]

    @command(app, "trace", panel=LOOK, example="sentuh trace --kafka localhost:9092 --id 7")
    def run(options: TraceOptions) -> int: ...
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand

from shared.contracts.topics import Names

if TYPE_CHECKING:
    from shared.connect.access import KafkaAccess

KAFKA = "SENTUH_KAFKA_BOOTSTRAP_SERVERS"
KAFKA_SHORT = "KAFKA_BOOTSTRAP_SERVERS"
PREFIX = "SENTUH_TOPIC_PREFIX"
RUN, LOOK, OPERATE, PUBLISH = "Run", "Look", "Operate", "Publish"
"""The groups of commands in the help, in their order."""

Options = TypeVar("Options")
_LOOKS_LIKE_AN_OPTION = re.compile(r"-(?!\d)\S")


def flag(name: str, text: str, panel: str | None = None) -> Any:
    """Return an option without a value; typer alone would add `--no-...` and print `<bool>`."""
    return typer.Option(name, help=text, metavar="", rich_help_panel=panel)


JsonDocument = Annotated[bool, flag("--json", "Print one JSON document instead of a table.")]


@dataclass(frozen=True, kw_only=True)
class BrokerOptions:
    """The options of every command that connects to Kafka."""

    kafka: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            envvar=[KAFKA, KAFKA_SHORT],
            help="The broker, or several with commas between.",
        ),
    ] = None
    prefix: Annotated[
        str,
        typer.Option(metavar="TEXT", envvar=PREFIX, help="Stands before every topic's name."),
    ] = ""

    @property
    def access(self) -> "KafkaAccess":
        """How to reach the broker; SettingError if none is named or a setting is wrong."""
        from sentuh.broker.connection import kafka_access

        return kafka_access(self.kafka)

    @property
    def names(self) -> Names:
        """The topics' names with their prefix."""
        return Names(self.prefix)


@dataclass(frozen=True, kw_only=True)
class NoOptions:
    """The options of a command that has none."""


def command(
    app: typer.Typer, name: str, *, example: str, panel: str | None = None, **settings: Any
) -> Callable[[Callable[[Options], int]], Callable[[Options], int]]:
    """Add a function to the command line: the fields of its one parameter become its options.

    Its docstring is the help; the example ends the help and is parsed by a test. `settings` go to
    `typer.Typer.command`; `details` among them stands between help and example.
    Example: the head of this file.
    """
    details = settings.pop("details", "")
    epilog = f"{details}\n\n" if details else ""

    def declare(run: Callable[[Options], int]) -> Callable[[Options], int]:
        app.command(
            name,
            cls=settings.pop("cls", ValuesNamed),
            epilog=f"{epilog}Example: {example}",
            rich_help_panel=panel,
            **settings,
        )(_with_options_as_parameters(run))
        return run

    return declare


def _with_options_as_parameters(run: Callable[[Options], int]) -> Callable[..., int]:
    """Give typer the signature that it reads: a keyword for each field of the dataclass."""
    (kind,) = (hint for name, hint in get_type_hints(run).items() if name != "return")
    hints = get_type_hints(kind, include_extras=True)

    def parsed(**values: Any) -> int:
        return run(kind(**values))

    keyword = inspect.Parameter.KEYWORD_ONLY
    parsed.__doc__ = run.__doc__
    parsed.__annotations__ = {field.name: hints[field.name] for field in fields(kind)}
    parsed.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                field.name,
                keyword,
                annotation=hints[field.name],
                default=inspect.Parameter.empty if field.default is MISSING else field.default,
            )
            for field in fields(kind)
        ]
    )
    return parsed


def one_of(names: Sequence[str]) -> dict[str, Any]:
    """Return the settings of an option or argument that takes one of these names.

    The shell completes them. Example: typer.Option(metavar="S", help="...", **one_of(SERVICES)).
    """

    def parse(value: str) -> str:
        if value not in names:
            raise ValueError(f"{value!r} is none of {', '.join(names)}")
        return value

    def complete() -> list[str]:
        return list(names)

    return {"parser": parse, "autocompletion": complete}


class ValuesNamed(TyperCommand):
    """A command that takes no option for the value of another.

    typer takes whatever word follows: `--prefix --json` would make `--json` the prefix.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an option whose value is missing; `--prefix=--json` says that it is meant."""
        takes_value = {
            name
            for param in self.params
            for name in param.opts
            if name.startswith("-") and not getattr(param, "is_flag", False)
        }
        for word, following in pairwise(args):
            if word == "--":
                break
            if word in takes_value and _LOOKS_LIKE_AN_OPTION.match(following):
                fault = f"{word} needs a value, and {following} looks like an option"
                raise typer.BadParameter(f"{fault}: write {word}=VALUE", ctx)
        return super().parse_args(ctx, args)


class OptionalValue(ValuesNamed):
    """A command whose `--redis` may stand without its URL: then the environment names Redis."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put an empty value behind a bare `--redis`: typer's parser knows no optional value."""
        spelled: list[str] = []
        for at, word in enumerate(args):
            spelled.append(word)
            following = args[at + 1 : at + 2]
            if word == "--redis" and (not following or following[0].startswith("-")):
                spelled.append("")
        return super().parse_args(ctx, spelled)
