"""A frozen piece of an event, which events and kinds of questions are made of."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

P = TypeVar("P", bound="Part")
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Part(BaseModel):
    """A frozen piece of an event; unknown fields are ignored by readers and never written."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def made(cls, fields: Mapping[str, object]) -> Self:
        """Make a piece of what is checked already; TypeError for a missing or unknown field.

        The values must be of their fields' types: checking them takes several times as long, and
        who decides has them from pieces that were checked. `fields` may be in any order.
        Example: `Why.made({"required": need, "chosen_among": 3, "rule": "longest_idle"})`.
        """
        defaults, required = _fields_of(cls)
        values = {**defaults, **fields}
        if len(values) != len(defaults) or not required.issubset(fields):
            wrong = required - fields.keys() or fields.keys() - defaults.keys()
            raise TypeError(f"{cls.__name__}: give all its fields and no other: {sorted(wrong)}")
        return _piece_of(cls, values)

    def with_values(self, fields: Mapping[str, object]) -> Self:
        """Return a copy with these values of fields, which are checked already, as in `made`.

        Only for a piece that has computed nothing from its fields, which a copy would keep.
        """
        return _piece_of(type(self), {**self.__dict__, **fields})


def _piece_of(kind: type[P], values: dict[str, object]) -> P:
    piece: P = _NEW(kind)
    # As pydantic itself does, past the model's own __setattr__, which refuses a frozen one.
    _PUT_VALUES(piece, values)
    _PUT_SET(piece, _NONE_SET)
    _PUT_EXTRA(piece, None)
    _PUT_PRIVATE(piece, None)
    return piece


_NEW = object.__new__
_NONE_SET: set[str] = set()
"""Which fields were set is asked of no event: one empty set for all."""
_PUT_VALUES, _PUT_SET, _PUT_EXTRA, _PUT_PRIVATE = (
    vars(BaseModel)[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


@cache
def _fields_of(kind: type[Part]) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Return the defaults of all fields in their order, and the names of those that have none."""
    fields = kind.model_fields.items()
    # A default that is made anew for each piece cannot be kept for all of them: it is to be given.
    required = frozenset(n for n, field in fields if field.is_required() or field.default_factory)
    return {name: None if name in required else field.default for name, field in fields}, required


class Detail(Part):
    """What a verdict on one kind of question says beyond answer, probability and distribution.

    One of its fields is required, and no other kind's detail has it: so they are told apart.
    """

    def in_words(self) -> str:
        """Return how sure it is, where a probability does not tell it best; else nothing.

        Example: `give or take 0.5`, of a mean.
        """
        return ""


class BorderPart(Part):
    """A piece of what outsiders send: unknown fields and lax types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
