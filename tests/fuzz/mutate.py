"""Breaks outputs in ways that programs, transports and people break them; seeded: repeatable."""

import contextlib
import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1e308, -1e-308, 10**400, 2**63, 0.5, 1.0009, 100, -9999.0, "", " ",
    "NaN", "Infinity", "0.5", "null", "\u200b", "\x00", "a" * 300, "ß" * 5_000, [], {}, [[]],
    [None], {"": None}, {"label": None}, ["a", 1, {}],
)  # fmt: skip
_DEEP = 300
_TOO_DEEP = 2_000
"""Deeper than Python's own encoder writes."""
_MANY = 1_000


def broken(payload: Any, chance: random.Random) -> bytes:
    """Return a record's value: the payload with one to four faults in it, mostly still JSON."""
    value = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 4)):
        with contextlib.suppress(RecursionError):  # copied too deep: that fault is left out
            value = chance.choice(FAULTS)(value, chance)
    raw = written(value)
    return _broken_bytes(raw, chance) if chance.random() < 0.1 else raw


def written(value: Any) -> bytes:
    """Return a value as JSON; in place of one too deep for that, lists that are deep as well."""
    try:
        return json.dumps(value).encode()
    except RecursionError:
        return b"[" * _TOO_DEEP + b"]" * _TOO_DEEP


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container below `value` with each of its keys, in a fixed order."""
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(places) < 2_000:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one) if _is_list(one) else 0)
        for key in keys:
            places.append((one, key))
            waiting.append(one[key])
    return places


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _at_one_place(change: Callable[[Any, Any, random.Random], None]) -> Callable[..., Any]:
    def apply(value: Any, chance: random.Random) -> Any:
        places = _places(value)
        if places:
            change(*chance.choice(places), chance)
        return value

    return apply


def _replace(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = copy.deepcopy(chance.choice(ODD))


def _leave_out(holder: Any, key: Any, _: random.Random) -> None:
    del holder[key]


def _as_text(holder: Any, key: Any, _: random.Random) -> None:
    holder[key] = json.dumps(holder[key])


def _nested(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = [holder[key]] if chance.random() < 0.5 else {"data": holder[key]}


def _deep(holder: Any, key: Any, chance: random.Random) -> None:
    inner = holder[key]
    for _ in range(chance.randint(2, _DEEP)):
        inner = [inner]
    holder[key] = inner


def _many(holder: Any, key: Any, chance: random.Random) -> None:
    one = holder[key]
    if len(json.dumps(one)) < 200:
        holder[key] = [one] * chance.choice((2, 3, _MANY))


def _of_elsewhere(value: Any, chance: random.Random) -> Any:
    """Return the value with a part of itself at another place of it."""
    places = _places(value)
    if len(places) > 1:
        (holder, key), (other, there) = chance.sample(places, 2)
        holder[key] = copy.deepcopy(other[there])
    return value


def _more_fields(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        name = chance.choice(("text", "label", "labels", "choices", "segments", "x" * 99, "", "id"))
        value[name] = copy.deepcopy(chance.choice(ODD))
    return value


def _as_batch(value: Any, chance: random.Random) -> Any:
    return [value] * chance.randint(1, 3)


FAULTS: Sequence[Callable[[Any, random.Random], Any]] = (
    *map(_at_one_place, (_replace, _replace, _replace, _leave_out, _leave_out, _as_text)),
    *map(_at_one_place, (_nested, _deep, _many)),
    _of_elsewhere,
    _more_fields,
    _as_batch,
)


def _broken_bytes(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(4):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + chance.randbytes(3) + raw[at:]
        case 2:
            return raw[:at] + b"NaN" + raw[at + 3 :]
        case _:
            return bytes([0, 0, 0, 0, chance.randrange(256)]) + raw
