"""The command `sentuh metrics`: the page of all metrics, from the code that makes them."""

from dataclasses import dataclass

import typer

from sentuh.commands.options import PUBLISH, JsonDocument, command

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class MetricsOptions:
    """The options of `sentuh metrics`."""

    json: JsonDocument = False


@command(app, "metrics", panel=PUBLISH, example="sentuh metrics --json")
def run(options: MetricsOptions) -> int:
    """Print every metric: what it means, and what a rise of it means.

    Without --json a page of Markdown; with it one object, by part: name, kind, meaning, rise,
    labels.
    """
    from sentuh.published.metrics_page import as_json, page

    print(as_json() if options.json else page(), end="")
    return 0
