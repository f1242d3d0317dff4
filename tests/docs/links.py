"""Links that lead nowhere, each with what to do."""

from collections.abc import Iterable, Iterator

from tests.architecture.source import ROOT
from tests.docs.pages import Page, leads_outside, page, target


def dead_links(source: Page) -> Iterator[str]:
    """Links of a page to a file, folder or heading that is not there."""
    for link in source.links:
        if leads_outside(link):
            continue
        path, named = target(source, link)
        if not path.is_relative_to(ROOT) or not path.exists():
            yield f"{source.path}: {link}: there is no such file: correct the path"
        elif path.is_dir():
            yield f"{source.path}: {link}: a folder is no page: name it in backticks instead"
        elif named and named not in anchors_of(source, path.relative_to(ROOT).as_posix()):
            yield f"{source.path}: {link}: the page has no such heading: correct what follows the #"


def anchors_of(source: Page, path: str) -> Iterable[str]:
    """The headings of a page as links name them; of the source itself as it was given."""
    return source.anchors if path == source.path else page(path).anchors
