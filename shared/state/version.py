"""The version of a service's state: kept beside each slot in Redis; another one is refused.

A build reads and writes one state version, the number on its card. It is raised where a key, a
field or a packing changes. State of another version would be misread silently, so a process that
meets it ends with the line that says how to go on.
"""

from collections.abc import Mapping
from typing import Any

from shared.connect.access import REDIS_AWAY
from shared.connect.refusals import reply_of
from shared.contracts.card import Card
from shared.contracts.errors import EpochGone, SettingError, TransientError
from shared.state.changes import Change, Read, absent, hash_of, put
from shared.state.store import Loaded

# The name of the key and of its field, as every build has written them.
FIELD = "form"


def key(slot: str) -> str:
    """Return the key of the hash that holds a slot's state version, in its field `form`.

    Example: `{payout:main}:form`. It is written before any other key of the slot.
    """
    return f"{slot}:{FIELD}"


def claim(card: Card, slot: str) -> Change:
    """Return the change that writes this build's state version beside an empty slot.

    A slot whose epoch was ever opened holds state. Where that has no version it was written by a
    build that knew none, and is left without one so that `check_loaded` refuses it.
    """
    is_empty = (absent(key(slot)), absent(_epoch_key(slot)))
    return Change(
        aggregate=None, guards=is_empty, writes=(put(key(slot), form=card.state_version),)
    )


def read(slot: str) -> Read:
    """Return the read that loads a slot's state version, for `check_loaded`."""
    return hash_of(key(slot))


def check_loaded(card: Card, slot: str, loaded: Loaded) -> None:
    """Raise SettingError unless the slot's loaded state is of this build's version."""
    fields = loaded.data[key(slot)][1]
    _require(card, slot, fields.get(FIELD) if isinstance(fields, dict) else None)


async def check_before_start(client: Any, card: Card, root: str) -> None:
    """Raise SettingError if the root slot holds state of another version.

    Called before anything is changed in Redis: processes of the other build may be at work, and
    loading another function library would close their epochs.
    """
    try:
        # The epoch first. A start of this build writes the version before it opens the epoch: in
        # the other order, an epoch opened between the two reads would seem to have no version.
        was_opened = await client.exists(_epoch_key(root))
        version = await client.hget(key(root), FIELD)
    except REDIS_AWAY as failure:
        raise TransientError(
            f"reading the state version: Redis did not answer: {reply_of(failure)}"
        ) from failure
    if was_opened or version:
        _require(card, root, version.decode() if isinstance(version, bytes) else version)


def epoch(card: Card, token: str) -> str:
    """Return the name of an epoch: this build's state version, a dot, and the token.

    Example: `1.6f9c`.
    """
    return f"{card.state_version}.{token}"


def check_epochs(card: Card, epochs: Mapping[str, str]) -> None:
    """Raise SettingError for the first slot whose epoch was opened under another version."""
    for slot, name in epochs.items():
        _require(card, slot, _version_in(name))


def require_own_epochs(card: Card, epochs: Mapping[str, str]) -> None:
    """Raise EpochGone for the first slot whose epoch was opened under another state version.

    A running process meets one where Redis was emptied and another build has caught it up since.
    EpochGone drops the batch and leads to the catch-up, where `check_epochs` ends the process.
    """
    for slot, name in epochs.items():
        if _version_in(name) != str(card.state_version):
            raise EpochGone(slot)


def _version_in(epoch_name: str) -> str:
    """Return the version an epoch's name begins with; "" for a name that has none."""
    number, dot, _ = epoch_name.partition(".")
    return number if dot else ""


def _epoch_key(slot: str) -> str:
    return f"{slot}:epoch"


def _require(card: Card, slot: str, version: object) -> None:
    if str(version) == str(card.state_version):
        return
    name = card.service
    held = f"state version {version}" if version else "state without a version, of an older build"
    raise SettingError(
        f"{name}: Redis holds {held} ({slot}), and this build reads and writes state version"
        f" {card.state_version}: stop all processes of {name}, run `sentuh redis empty {name}`,"
        " and start again: its state is made anew from what its topics still keep"
    )
