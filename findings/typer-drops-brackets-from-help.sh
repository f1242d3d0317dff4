#!/usr/bin/env bash
# typer 0.29.2: words in square brackets vanish from help texts, without an error or a warning.
#
# Expected: `pip install 'demo[extra]'` and `tasks[partition]@offset` in a help text are shown as they are written.
# Seen: rich takes what is in brackets for markup, finds no such style and drops it: `demo` and `tasks@offset`.
# What helps: rich_markup_mode=None on the Typer, or a backslash before each bracket.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check typer==0.29.2 rich==15.0.0
cat > "$dir/app.py" <<'PY'
import sys
import typer

app = typer.Typer(rich_markup_mode=None) if "plain" in sys.argv[0] else typer.Typer()


@app.command()
def main(show: str = typer.Option("", help="Prints tasks[partition]@offset.")) -> None:
    """Install demo[extra] first."""


app()
PY
cp "$dir/app.py" "$dir/plain.py"
export COLUMNS=120 NO_COLOR=1 TERM=dumb
marked=$("$dir/venv/bin/python" "$dir/app.py" --help)
plain=$("$dir/venv/bin/python" "$dir/plain.py" --help)
grep -q "Install demo first" <<<"$marked" && grep -q "tasks@offset" <<<"$marked"
grep -qF "demo[extra]" <<<"$plain" && grep -qF "tasks[partition]@offset" <<<"$plain"
echo "typer 0.29.2: 'demo[extra]' is shown as 'demo', 'tasks[partition]@offset' as 'tasks@offset'"
