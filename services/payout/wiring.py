"""Payout as the pattern runs it."""

from services.payout import CARD, keys
from services.payout.fold import folds
from services.payout.handlers import HANDLERS
from shared.contracts.topics import Names
from shared.pattern.service import Service


def build(*, names: Names) -> Service:
    """The service over topics of these names."""
    return Service(card=CARD, rows=HANDLERS, folds=folds, slot=keys.slot_of, names=names, ways=2)
