#!/usr/bin/env bash
# typer 0.29.2: Option(flag_value=...) is accepted and does nothing.
#
# Expected: `--redis` alone gives the flag value and `--redis URL` gives URL, as an option with an optional value does
# in click with is_flag=False and flag_value.
# Seen: typer takes the parameter without a word, and `--redis` alone is refused: it requires an argument.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check typer==0.29.2
cat > "$dir/app.py" <<'PY'
import typer

app = typer.Typer()


@app.command()
def main(redis: str = typer.Option("none", "--redis", flag_value="from the environment")) -> None:
    """Say where Redis is."""
    print(redis)


app()
PY
export COLUMNS=120 NO_COLOR=1 TERM=dumb
[ "$("$dir/venv/bin/python" "$dir/app.py" --redis here)" = here ]
status=0
alone=$("$dir/venv/bin/python" "$dir/app.py" --redis 2>&1) || status=$?
[ "$status" = 2 ]
grep -q "requires an argument" <<<"$alone"
echo "typer 0.29.2: --redis alone is refused with exit 2 ('requires an argument'), flag_value or not"
