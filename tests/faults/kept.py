"""What Redis holds of a service, and what a fresh fold of its journal and inputs comes to."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import redis

from sentuh.demo.wire import Link, read_all
from services.intake.spread import spread as intake_spread
from services.router.spread import spread as router_spread
from shared.contracts import envelope
from shared.contracts.card import Card
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Record
from shared.pattern.service import Folds
from shared.state.changes import REVISION
from shared.state.ranking import Ranking
from shared.state.store import Value
from shared.state.twin import Twin
from tests.support.facts import INDEXES

OWN = (
    ":markers",
    ":slots",
    ":form",
    ":epoch",
    ":outcome:",
    ":unsettled",
    ":attempts",
    ":incarnations",
    ":read",
    ":lost",
    ":lease",
    ":home",
)
"""What the pattern keeps for itself: no fact of the service."""

Facts = Mapping[str, object]


def kept_facts(url: str, service: str) -> Facts:
    """The facts in Redis, without revisions and indexes."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        keys = [key for key in client.scan_iter(f"{{{service}[:}}]*", count=1000) if _is_fact(key)]
        return _bare({key: _value(client, key) for key in keys})


async def folded_facts(link: Link, service: str) -> Facts:
    """The facts that the journal and the inputs it also folds come to, from their beginning."""
    card: Card = import_module(f"services.{service}").CARD
    folds: Folds = import_module(f"services.{service}.fold").folds
    twin = Twin()
    for record in await read_all(link, list(dict.fromkeys((*card.journals, *card.also_folds)))):
        try:
            _, event = envelope.decode(record, link.names.row(record.topic))
        except Refused:
            continue
        for part in _spread(service, event, record):
            twin.make(folds(part, record.order))
    return _bare({key: value for key, value in twin.items().items() if _is_fact(key)})


def _spread(service: str, event: Event, record: Record) -> Sequence[Event]:
    """The events that one stands for, once every pool is open."""
    own = {"router": router_spread, "intake": intake_spread}.get(service)
    return (event,) if own is None else own(event, record, lambda _: True)


def differences(kept: Facts, folded: Facts) -> list[str]:
    """Keys that are not the same on both sides, with both values."""
    return [
        f"{key}: Redis {kept.get(key)}, fold {folded.get(key)}"
        for key in sorted({*kept, *folded})
        if kept.get(key) != folded.get(key)
    ]


def _is_fact(key: str) -> bool:
    return not any(part in key for part in (*OWN, *INDEXES))


def _value(client: Any, key: str) -> Value:
    kind = client.type(key)
    if kind == "hash":
        return dict(client.hgetall(key))
    if kind == "set":
        return set(client.smembers(key))
    found = client.zrange(key, 0, -1, withscores=True)
    return Ranking((member, int(score)) for member, score in found)


def _bare(items: Mapping[str, Value]) -> Facts:
    found = {key: _without_revision(value) for key, value in items.items()}
    return {key: value for key, value in found.items() if value}


def _without_revision(value: Value) -> Value:
    if isinstance(value, set | Ranking):
        return value
    return {name: str(said) for name, said in value.items() if name != REVISION}
