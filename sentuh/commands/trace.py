"""The command `sentuh trace`: what became of one model output, and why."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from sentuh.commands.options import LOOK, BrokerOptions, JsonDocument, command, flag

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class TraceOptions(BrokerOptions):
    """The options of `sentuh trace`."""

    source: Annotated[str, typer.Option(metavar="S", help="The output's source, as it was sent.")]
    id: Annotated[str, typer.Option(metavar="I", help="The output's id within that source.")]
    places: Annotated[
        bool,
        flag(
            "--places",
            "Also say where each step stands, as topic, partition and offset, and the id of"
            " its event.",
        ),
    ] = False
    json: JsonDocument = False


@command(
    app,
    "trace",
    panel=LOOK,
    example="sentuh trace --kafka localhost:9092 --source /models/triage --id 4711",
)
def run(options: TraceOptions) -> int:
    """Tell what became of one model output, step by step, with times and reasons.

    Exit code 1 if the output was refused.
    """
    from sentuh.trace import show, trace

    story = asyncio.run(trace(options.access, options.names, (options.source, options.id)))
    if options.json:
        print(story.as_json())
    else:
        show(story, places=options.places)
    return int(story.state == "refused")
