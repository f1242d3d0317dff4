"""What a task type may say of golds: questions whose right answers are known."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from shared.contracts.events.golds import PLACED_MAX
from shared.contracts.question import CatalogPart, Fault


class Measuring(CatalogPart):
    """The file of a task type's golds, beside the catalog, and how often each is asked at most.

    No task depends on them, so the catalog's digest does not either.
    """

    golds: Annotated[str | None, Field(min_length=1, exclude=True)] = None
    golds_placed_max: Annotated[int | None, Field(ge=1, le=PLACED_MAX, exclude=True)] = None


def faults_of_golds(row: Measuring) -> Iterator[Fault]:
    """Yield golds where nobody can say beforehand what is right, and a number without golds.

    Nobody can of texts, whose task type has to name who decides between them.
    """
    golds, most = getattr(row, "golds", None), getattr(row, "golds_placed_max", None)
    then = type(row).model_fields.get("then")
    if golds is not None and then is not None and then.is_required():
        fault = f"of the kind {getattr(row, 'kind', '')} no single answer is right"
        yield ("golds",), fault, "remove it, and give golds to the task type in then"
    if golds is None and most is not None:
        fault = "says how often golds are asked, of which there are none"
        yield ("golds_placed_max",), fault, "add golds: FILE, or remove it"
