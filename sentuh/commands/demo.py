"""The command `sentuh demo`: its options; the run itself is sentuh/demo/."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sentuh.commands.options import RUN, command, flag

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class DemoOptions:
    """The options of `sentuh demo`."""

    outputs: Annotated[int, typer.Option(metavar="N", help="How many model outputs.")] = 1580
    workers: Annotated[int, typer.Option(metavar="N", help="How many people.")] = 60
    seed: Annotated[int, typer.Option(metavar="N", help="Of model, people and order.")] = 1
    rate: Annotated[int, typer.Option(metavar="N", help="Outputs a second.")] = 45
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as JSON too.")
    ] = None
    kafka: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="A broker of yours; topics get a prefix of their own."
        ),
    ] = None
    redis: Annotated[
        str | None, typer.Option(metavar="URL", help="A Redis or Valkey of yours, still empty.")
    ] = None
    keep: Annotated[
        bool, flag("--keep", "Leave logs and, on a cluster of yours, topics and keys.")
    ] = False
    stay: Annotated[
        bool,
        flag("--stay", "After the report keep the platform open, to try things, until Ctrl-C."),
    ] = False
    json: Annotated[
        bool, flag("--json", "Print the report as one JSON document; the progress goes to stderr.")
    ] = False


@command(app, "demo", panel=RUN, example="sentuh demo --outputs 200 --seed 7")
def run(options: DemoOptions) -> int:
    """Run the whole flow on this machine: model outputs to verdicts and earnings, with a report.

    Exit code 1 if an audited invariant is broken. It needs the extras `demo` and `embedded`.
    """
    from sentuh.demo.command import run_demo
    from sentuh.demo.wishes import Wishes

    return run_demo(Wishes(**vars(options)))
