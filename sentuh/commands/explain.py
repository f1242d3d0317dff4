"""The command `sentuh explain`: why a verdict is what it is."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from sentuh.commands.options import LOOK, BrokerOptions, JsonDocument, command

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class ExplainOptions(BrokerOptions):
    """The options of `sentuh explain`."""

    task: Annotated[
        str,
        typer.Argument(
            metavar="TASK",
            help="The task's id, as its verdict names it (`task_id`) and `sentuh trace` prints it.",
        ),
    ]
    json: JsonDocument = False


@command(
    app,
    "explain",
    panel=LOOK,
    example="sentuh explain --kafka localhost:9092 3f1c9d6e-0c7b-5a54-9a0f-2c1f9d7a7b11",
)
def run(options: ExplainOptions) -> int:
    """Explain a verdict: who was believed and why, why asking stopped, what would have changed it.

    Every number is recounted from the topics, by other code than the service's.
    """
    from sentuh.explain import explain, show

    explanation = asyncio.run(explain(options.access, options.names, options.task))
    if options.json:
        print(explanation.as_json())
    else:
        show(explanation)
    return 0
