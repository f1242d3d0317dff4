"""The operator's golds: read from their file, compared with the topic, published, listed."""

from sentuh.golds.changes import changed, flagged, named_golds, taken_back
from sentuh.golds.file import golds_of
from sentuh.golds.publishing import publish
from sentuh.golds.standing import GoldsStanding, GoldStanding, standing_of

__all__ = [
    "GoldStanding",
    "GoldsStanding",
    "changed",
    "flagged",
    "golds_of",
    "named_golds",
    "publish",
    "standing_of",
    "taken_back",
]
