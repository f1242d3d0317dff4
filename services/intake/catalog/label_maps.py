"""What a catalog says of models whose servers send numbers without the names of classes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from shared.contracts.labels import LabelText
from shared.contracts.part import BorderPart


class LabelMap(BorderPart):
    """The classes of one model, in the order in which it puts out their numbers.

    Example: `{classes: [setosa, versicolor, virginica]}`.
    """

    classes: Annotated[tuple[LabelText, ...], Field(min_length=2, max_length=1_000)]


LabelMaps = Mapping[str, LabelMap]
"""By model: `name@version` for one version of it, `name` for all others."""

NO_LABEL_MAPS: LabelMaps = MappingProxyType({})
