"""The contracts: one file per topic's events, all CloudEvents over JSON pydantic models."""

from collections.abc import Mapping

from shared.contracts.events import (
    assignments,
    earnings,
    gates,
    golds,
    offers,
    people,
    ratings,
    responses,
    second_stage,
    tasks,
    timers,
    verdicts,
)
from shared.contracts.events.model import Event

EVENTS: tuple[type[Event], ...] = (
    *tasks.EVENTS,
    *people.EVENTS,
    *offers.EVENTS,
    *responses.EVENTS,
    *assignments.EVENTS,
    *verdicts.EVENTS,
    *ratings.EVENTS,
    *gates.EVENTS,
    *earnings.EVENTS,
    *timers.EVENTS,
    *second_stage.EVENTS,
    *golds.EVENTS,
)
BY_TYPE: Mapping[str, type[Event]] = {event.TYPE: event for event in EVENTS}
