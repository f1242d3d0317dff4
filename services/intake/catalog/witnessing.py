"""What a task type may say of the model as a witness: its own answer counts beside people's."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from services.intake.catalog.fields import ON_OR_OFF, is_absent
from shared.contracts.question import CatalogPart, Fault

WITNESS_BLIND_SHARE = 0.1
"""Of a task type's tasks, unless it says otherwise: what is learned of the model comes from these
alone, and they cost as many answers as before.
"""


class Witnessing(CatalogPart):
    """The fields that a kind of question adds where the model's own answer may count.

    It does unless `witness: off`; `witness_blind_share` of the tasks are judged without it, to
    learn what it is worth. Example: with 0.1, one in ten tasks, always the same ones.
    """

    witness: Annotated[Literal["on", "off"] | None, ON_OR_OFF, Field(exclude_if=is_absent)] = None
    witness_blind_share: Annotated[float | None, Field(ge=0.01, le=0.9, exclude_if=is_absent)] = (
        None
    )


def witness_share_of(row: object) -> float | None:
    """Return the share of a task type's tasks that are judged without the model; None: all are."""
    if not isinstance(row, Witnessing) or row.witness == "off":
        return None
    return WITNESS_BLIND_SHARE if row.witness_blind_share is None else row.witness_blind_share


def faults_of_witness(row: object) -> Iterator[Fault]:
    """Yield a share of tasks judged without the model where all of them are."""
    share = getattr(row, "witness_blind_share", None)
    if getattr(row, "witness", None) == "off" and share is not None:
        fault = "says which tasks are judged without the model, and with witness: off all are"
        yield ("witness_blind_share",), fault, "remove it, or set witness: on"
