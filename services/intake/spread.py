"""Tells what a record of `gates` means for each bucket: how its gate stands."""

from collections.abc import Callable, Sequence

from services.intake import keys
from shared.contracts.events.gates import GateStood
from shared.contracts.events.model import Event
from shared.contracts.record import Record
from shared.contracts.topics import GATES


class StandingTold(GateStood):
    """How a gate stands, for the bucket whose number is `pool`; never on a topic itself."""

    TYPE = "intake:standing.told"
    TOPIC = GATES


def spread(event: Event, _record: Record, _is_open: Callable[[str], bool]) -> Sequence[Event]:
    """Return the events that one input stands for, each with its own slot.

    Example: how a gate stands concerns the gate, and the outputs of each bucket.
    """
    if not isinstance(event, GateStood):
        return (event,)
    said = {name: getattr(event, name) for name in GateStood.model_fields}
    told = (StandingTold.made(said | {"pool": number}) for number in keys.buckets())
    return event, *told
