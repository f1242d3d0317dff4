"""Stores, beside a service's state in Redis, the number of the layout that the state is written in.

A build of a service reads and writes one layout: the `state_version` on its card (the constants of
the service). The number goes up when a key, a field or the encoding of a value changes. State in
another layout would be misread silently. So a process that finds another number in Redis ends with
an error that says how to continue.

The number is kept per slot (the Redis keys under one hash tag, such as `{payout:main}`), in the
field `form` of a hash. Example: `HGET {payout:main}:form form` returns `1`.
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

    `slot` is the hash tag that all keys of the slot share. The version is written before the keys
    of the state itself. Example: `key("{payout:main}")` is `{payout:main}:form`.
    """
    return f"{slot}:{FIELD}"


def claim(card: Card, slot: str) -> Change:
    """Build the change that writes this build's state version into a slot that is still empty.

    A slot is the set of Redis keys under one hash tag. This function writes nothing: the caller
    passes the change to the store. The change has two guards (conditions that Redis checks first):
    the slot has neither a version key nor an epoch key. A slot with an epoch key has held state
    before. If such a slot has no version, an old build that wrote no versions has used it. The slot
    stays without one, so that `check_loaded` then raises SettingError. Example: for payout's slot
    `{payout:main}` the change sets the field `form` of `{payout:main}:form` to 1.
    """
    is_empty = (absent(key(slot)), absent(_epoch_key(slot)))
    return Change(
        aggregate=None, guards=is_empty, writes=(put(key(slot), form=card.state_version),)
    )


def read(slot: str) -> Read:
    """Build the read (a request to the store) that loads the state version of a slot.

    A slot is the set of Redis keys under one hash tag. The function reads nothing itself;
    `check_loaded` judges the store's answer.
    """
    return hash_of(key(slot))


def check_loaded(card: Card, slot: str, loaded: Loaded) -> None:
    """Raise SettingError unless the state version loaded from a slot is the one on the card.

    `card` holds the constants of the service, its state version among them. `slot` is the hash tag
    of the keys, such as `{payout:main}`. `loaded` is the store's answer to `read(slot)`. A missing
    version is an error too. Example: Redis holds version 1 and the card says 2: this raises.
    """
    fields = loaded.data[key(slot)][1]
    _require(card, slot, fields.get(FIELD) if isinstance(fields, dict) else None)


async def check_before_start(client: Any, card: Card, root: str) -> None:
    """Raise SettingError if Redis already holds state of this service in another version.

    Reads two keys of the service's root slot, whose hash tag `root` is the service's name, such as
    `{payout}`: the state version and the epoch (a key that exists once the slot was used). Returns
    if both are missing, or if the version is the card's (the card holds the service's constants).
    Raises too if the epoch is there without a version. A service calls this at start, before it
    changes anything in Redis: processes of another build may be running, and loading another Redis
    function library would stop their commits. Raises TransientError if Redis does not answer.
    Example: `{payout}:form` holds version 1 and the card says 2: this raises SettingError.
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
    """Return the name for a new epoch (the period that begins each time a slot's state is rebuilt).

    A slot is the set of Redis keys under one hash tag. The name is this build's state version, a
    dot, and `token`, a random text. Example: state version 1 and the token `6f9c` give `1.6f9c`.
    """
    return f"{card.state_version}.{token}"


def check_epochs(card: Card, epochs: Mapping[str, str]) -> None:
    """Raise SettingError if an epoch's name begins with another state version than the card's.

    An epoch is the period since a slot's state was last rebuilt; its name begins with the state
    version of the build that rebuilt it. `epochs` maps each slot (the hash tag of its Redis keys)
    to that name; `card` holds the constants of the service. Only the first wrong slot is reported.
    Example: for a card with version 2, `{"{qa:main}": "1.6f9c"}` raises.
    """
    for slot, name in epochs.items():
        _require(card, slot, _version_in(name))


def require_own_epochs(card: Card, epochs: Mapping[str, str]) -> None:
    """Raise EpochGone if an epoch's name begins with another state version than the card's.

    An epoch is the period since a slot's state was last rebuilt; its name begins with the state
    version of the build that rebuilt it. `epochs` maps each slot (the hash tag of its Redis keys)
    to that name; `card` holds the constants of the service. A running process finds another version
    only after Redis was emptied and another build has rebuilt the slot. The caller answers
    EpochGone by dropping its batch and checking all slots, where `check_epochs` then ends the
    process with SettingError. Example: for a card with version 1, `{"{qa:main}": "2.77ab"}` raises.
    """
    for slot, name in epochs.items():
        if _version_in(name) != str(card.state_version):
            raise EpochGone(slot)


def _version_in(epoch_name: str) -> str:
    """Return the state version at the start of an epoch name, or "" if the name has no dot.

    Example: `1.6f9c` gives "1".
    """
    number, dot, _ = epoch_name.partition(".")
    return number if dot else ""


def _epoch_key(slot: str) -> str:
    return f"{slot}:epoch"


def _require(card: Card, slot: str, version: object) -> None:
    """Raise SettingError unless Redis holds the state version that this build writes.

    `version` was read from Redis for `slot`, the hash tag of a group of keys; `card` holds the
    service's constants, its state version among them.
    """
    if str(version) == str(card.state_version):
        return
    name = card.service
    held = f"state version {version}" if version else "state without a version, of an older build"
    raise SettingError(
        f"{name}: Redis holds {held} ({slot}), and this build reads and writes state version"
        f" {card.state_version}: stop all processes of {name}, run `sentuh redis empty {name}`,"
        " and start again: its state is made anew from what its topics still keep"
    )
