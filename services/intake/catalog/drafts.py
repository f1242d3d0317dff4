"""What a task type may say of drafts: the model's own answers, from which people can begin."""

from collections.abc import Iterator
from typing import Literal

from shared.contracts.part import Probability
from shared.contracts.question import CatalogPart, Fault

DRAFT_BLIND_SHARE = 0.2
"""Of the seats of a task type that shows drafts, unless it says otherwise: enough to see by how
much a draft leads people, and few enough that most save the work.
"""


class Drafting(CatalogPart):
    """The fields that a kind of question adds from whose draft people can begin.

    With `draft: show` they do, but for `draft_blind_share` of the seats. Example: of 100 seats with
    a share of 0.2 about 20 begin with nothing, always the same ones.
    """

    draft: Literal["show"] | None = None
    draft_blind_share: Probability | None = None


def blind_share_of(row: object) -> float | None:
    """Return the share of a task type's seats that begin without a draft; None where all do."""
    if not isinstance(row, Drafting) or row.draft is None:
        return None
    return DRAFT_BLIND_SHARE if row.draft_blind_share is None else row.draft_blind_share


def faults_of_drafts(row: object) -> Iterator[Fault]:
    """Yield a share of seats without a draft where nobody has one, and a need that they miss.

    A seat without the draft shows nothing that the model made, and so not the output's text.
    """
    if isinstance(row, Drafting) and row.draft is None and row.draft_blind_share is not None:
        fault = "says who begins without the model's draft, and nobody begins from it"
        yield ("draft_blind_share",), fault, "add draft: show, or remove it"
    shows: tuple[str, ...] = getattr(row, "shows", ())
    if isinstance(row, Drafting) and "text" in shows and not _asks_about_text(row):
        fault = "is what the model made, which who begins without its draft is not shown"
        fix = "remove it, and send what people work from as request, context or media"
        yield ("shows", shows.index("text")), fault, fix


def _asks_about_text(row: object) -> bool:
    """Whether it does, or the field that says so is not valid, which is reported already."""
    return bool(getattr(row, "asks_about_text", True))
