"""Builds the site: the pages gathered in their places, so that a link is the same everywhere."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT
from tests.docs.links import dead_links
from tests.docs.pages import BESIDE, WRITTEN, Page, leads_outside, pages, target

CONFIGURATION = ROOT / "docs" / "zensical.toml"


class SiteError(Exception):
    """The site cannot be built: each line says what to mend."""


def build(out: Path) -> Path:
    """Gather the pages in `out`, build the site strictly; returns where its first page is.

    What a page links to comes with it. Raises SiteError with every dead link, or with what the
    builder says.
    """
    found = pages(*WRITTEN, *BESIDE)
    dead = [line for page in found for line in dead_links(page)]
    if dead:
        raise SiteError("\n".join(dead))
    _gather(found, out)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=out, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SiteError(done.stdout + done.stderr)
    return out / "site" / "index.html"


def _gather(pages: list[Page], out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copy(CONFIGURATION, out / CONFIGURATION.name)
    paths = {ROOT / page.path for page in pages}
    for page in pages:
        for link in page.links:
            if not leads_outside(link):
                paths.add(target(page, link)[0])
    for path in sorted(paths):
        copy = out / "pages" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
