#!/usr/bin/env bash
# pytest-xdist 3.8.0 on pytest 9.2.0: `--dist loadgroup` ignores every xdist_group mark, without a word.
#
# Expected: tests of one group run in one process, as they do on pytest 8.4.2, so that they share what they start.
# Seen: xdist writes the group into item._nodeid, and pytest 9.2 makes the node id from another attribute. The tests of
# one group are dealt out to both processes; a module's broker is started in each, and a test that goes on where the one
# before it ended, fails. pytest-xdist 3.8.0 asks for pytest>=7.0.0, so both install without a conflict.
# What helps: `--dist loadfile` or `loadscope`, which need no group.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
cat > "$dir/test_group.py" <<'PY'
import os

import pytest

PROCESSES = os.path.join(os.path.dirname(__file__), "processes")


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(40))
def test_of_the_group(number: int) -> None:
    with open(PROCESSES, "a") as processes:
        processes.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PY
processes_with() {
  "$dir/venv/bin/pip" install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
  rm -f "$dir/processes"
  "$dir/venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup "$dir/test_group.py" > "$dir/run.log"
  sort -u "$dir/processes" | wc -l | tr -d ' '
}
seen="$(processes_with 8.4.2) $(processes_with 9.2.0)"
[ "$seen" = "1 2" ] || { echo "changed: $seen processes"; exit 1; }
echo "pytest-xdist 3.8.0, one group of 40 tests: pytest 8.4.2 runs it in 1 process, pytest 9.2.0 in 2"
