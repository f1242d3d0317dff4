"""The table of intake: which event, what to load, which decision."""

from functools import partial
from typing import Any

from services.intake import decide, store
from services.intake.arrived import OutputArrived
from services.intake.catalog import Catalog
from shared.pattern.service import Row, on


def handlers(catalog: Catalog) -> tuple[Row[Any, Any], ...]:
    """The table under a catalog."""
    return (on(OutputArrived, load=store.output, decide=partial(decide.admit, catalog)),)
