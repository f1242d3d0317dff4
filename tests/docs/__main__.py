"""Builds the docs as a site, and says which link is dead: `make docs`."""

import argparse
import sys
from pathlib import Path

from tests.architecture.source import ROOT
from tests.docs.site import SiteError, build


def main() -> int:
    """Build; 1 and the reasons where that fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs", description=__doc__)
    out = ROOT / "build" / "docs"
    parser.add_argument("--out", type=Path, default=out, help="a folder, made anew each time")
    try:
        first = build(parser.parse_args().out.resolve())
    except SiteError as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"built: open {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
