"""Intake as the pattern runs it."""

from services.intake import CARD, arrived, keys
from services.intake.catalog import Catalog
from services.intake.fold import folds
from services.intake.handlers import handlers
from shared.contracts.topics import MODEL_OUTPUTS, Names
from shared.pattern.service import Service


def build(catalog: Catalog, *, names: Names) -> Service:
    """The service under a catalog, over topics of these names."""
    return Service(
        card=CARD,
        rows=handlers(catalog),
        folds=folds,
        slot=keys.slot_of,
        names=names,
        readers={MODEL_OUTPUTS.name: arrived.read},
        slots=keys.slots(),
        ways=2,
    )
