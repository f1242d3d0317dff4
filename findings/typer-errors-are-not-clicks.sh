#!/usr/bin/env bash
# typer 0.29.2: a wrong option raises no click exception, though click can be installed beside it.
#
# Expected: `except click.ClickException` catches what a typer command line raises for a wrong value, as for years.
# Seen: typer brings a copy of click of its own and raises its classes: the old handler never runs, and the error
# goes on to the caller. typer does not depend on click any more, so that nothing conflicts and nothing warns.
# What helps: catch typer.TyperException.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check typer==0.29.2 click==8.3.1
cat > "$dir/app.py" <<'PY'
import click
import typer
from typer.main import get_command

app = typer.Typer()


@app.command()
def main(count: int = 1) -> None:
    """Count."""


try:
    get_command(app).main(["--count", "many"], standalone_mode=False)
except click.ClickException:
    print("click")
except typer.TyperException:
    print("typer")
PY
seen=$("$dir/venv/bin/python" "$dir/app.py")
needs=$("$dir/venv/bin/pip" show typer | grep '^Requires:')
[ "$seen" = typer ]
! grep -qw click <<<"$needs"
echo "typer 0.29.2 (${needs,,}): a wrong value is a typer.TyperException and no click.ClickException"
