"""The command `sentuh dashboards`: Grafana's dashboards as files to provision."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sentuh.commands.options import PUBLISH, command
from shared.contracts.errors import SettingError

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class DashboardsOptions:
    """The options of `sentuh dashboards`."""

    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to fill.")] = Path(
        "deploy/grafana/dashboards"
    )


@command(app, "dashboards", panel=PUBLISH, example="sentuh dashboards --out dashboards")
def run(options: DashboardsOptions) -> int:
    """Write Grafana's dashboards, one file each, for provisioning."""
    from sentuh.published.dashboards import BOARDS

    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for board in BOARDS:
            path = options.out / f"{board.name}.json"
            path.write_text(board.as_text())
            print(path)
    except OSError as error:
        fix = "name a directory you may write to"
        raise SettingError(f"--out {options.out}: {error.strerror}: {fix}") from error
    return 0
