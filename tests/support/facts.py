"""The facts of a state, and those that a fold of its journal makes: the two must be the same."""

from collections.abc import Iterable, Mapping, Sequence

from shared.contracts.events.model import Event
from shared.pattern.service import Service
from shared.state.changes import REVISION
from shared.state.ranking import Ranking
from shared.state.store import Value
from shared.state.twin import Twin

INDEXES = (":lane", ":deadlines", ":type:", ":unprofiled", ":request:", ":golds:due:")
"""Parts of the names of what no fold makes: the router's indexes, which are derived from facts, and
requests that wait in intake for their responses, which may be lost; so may whom qa asks a gold.
"""


def folded(service: Service, events: Iterable[tuple[Event, int]]) -> Twin:
    """Return the state that these events make, each with its record's order, in this order."""
    twin = Twin()
    for event, order in events:
        twin.make(service.folds(event, order))
    return twin


def facts(items: Mapping[str, Value], *, without: Sequence[str] = ()) -> dict[str, Value]:
    """Return the keys of a store without revisions, which count changes and are no facts.

    Keys that hold a part named in `without`, such as `:markers`, are left out.
    """
    bare = {
        key: _without_revision(value)
        for key, value in items.items()
        if not any(part in key for part in without)
    }
    return {key: value for key, value in bare.items() if value}


def _without_revision(value: Value) -> Value:
    if not isinstance(value, dict) or isinstance(value, Ranking):
        return value
    return {name: text for name, text in value.items() if name != REVISION}  # type: ignore[return-value]
