"""The form of a service's state in Redis: kept beside each slot, and another one is refused."""

from collections.abc import Mapping
from typing import Any

from shared.connect.access import REDIS_AWAY
from shared.connect.refusals import reply_of
from shared.contracts.card import Card
from shared.contracts.errors import EpochGone, SettingError, TransientError
from shared.state.changes import Change, Read, absent, hash_of, put
from shared.state.store import Loaded

FIELD = "form"


def key(slot: str) -> str:
    """Hash: form, the number of the form the slot's state is in; written before any of it."""
    return f"{slot}:form"


def claim(card: Card, slot: str) -> Change:
    """Says the form of a slot in which nothing has ever been whole. State that was whole before
    there were forms has none; what an older version broke off before that is not told from nothing.
    """
    nothing_yet = (absent(key(slot)), absent(_epoch(slot)))
    return Change(aggregate=None, guards=nothing_yet, writes=(put(key(slot), form=card.form),))


def read(slot: str) -> Read:
    """What to load to know it."""
    return hash_of(key(slot))


def agree(card: Card, slot: str, loaded: Loaded) -> None:
    """Return where the slot's state is in the form this version reads; else SettingError."""
    kept = loaded.data[key(slot)][1]
    _must_be(card, slot, kept.get(FIELD) if isinstance(kept, dict) else None)


async def look(client: Any, card: Card, root: str) -> None:
    """Refuse another form before anything is changed: processes of that version may be at work.

    The epoch first: of ours the form stands before the epoch does.
    """
    try:
        stands = await client.exists(_epoch(root))
        found = await client.hget(key(root), FIELD)
    except REDIS_AWAY as failure:
        raise TransientError(
            f"reading the form of state: Redis did not answer: {reply_of(failure)}"
        ) from failure
    if stands or found:
        _must_be(card, root, found.decode() if isinstance(found, bytes) else found)


def epoch(card: Card, token: str) -> str:
    """The name under which a slot is opened: it says the form of the state that is whole."""
    return f"{card.form}.{token}"


def agree_on(card: Card, epochs: Mapping[str, str]) -> None:
    """Return where every slot was opened in the form this version reads; else SettingError."""
    for slot, name in epochs.items():
        _must_be(card, slot, _of(name))


def ours(card: Card, epochs: Mapping[str, str]) -> None:
    """EpochGone for the first slot that was opened in another form: emptied while we ran, Redis may
    have been made whole by another version; the catch-up says so and ends us.
    """
    for slot, name in epochs.items():
        if _of(name) != str(card.form):
            raise EpochGone(slot)


def _of(name: str) -> str:
    """The form an epoch's name says; nothing where it is a name of before forms."""
    number, dot, _ = name.partition(".")
    return number if dot else ""


def _epoch(slot: str) -> str:
    return f"{slot}:epoch"


def _must_be(card: Card, slot: str, found: object) -> None:
    if str(found) == str(card.form):
        return
    name, has = card.service, f"in form {found}" if found else "without a form, of an older version"
    raise SettingError(
        f"{name}: Redis holds state {has} ({slot}), and this version reads and writes form"
        f" {card.form}: stop all processes of {name}, run `sentuh redis empty {name}`, and start"
        " again: its state is made anew from what its topics still keep"
    )
