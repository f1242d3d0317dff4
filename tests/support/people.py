"""What people and their apps send: profiles, presence, and responses to offers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.question import Answer
from tests.support.builders import POOL


def a_profile(
    worker_id: str, facts: Mapping[str, object], *, at: datetime, pool: str = POOL
) -> WorkerProfiled:
    """Return the profile with these facts: skills, languages, capacity, status."""
    return WorkerProfiled.model_validate({"pool": pool, "at": at, "worker_id": worker_id, **facts})


def a_presence(
    worker_id: str,
    presence: str = "available",
    *,
    at: datetime,
    pool: str = POOL,
    kinds: Sequence[str] | None = None,
) -> PresenceChanged:
    """Return a presence; `kinds` are the kinds of questions that the worker's app shows."""
    shows = {} if kinds is None else {"kinds": list(kinds)}
    return PresenceChanged.model_validate(
        {"pool": pool, "at": at, "worker_id": worker_id, "presence": presence, **shows}
    )


def coming(
    worker_id: str, facts: Mapping[str, object], *, at: datetime, pool: str = POOL
) -> Sequence[Event]:
    """Return a worker's profile with these facts, and that they are available."""
    return (
        a_profile(worker_id, facts, at=at, pool=pool),
        a_presence(worker_id, at=at, pool=pool),
    )


def accepting(offer: OfferMade, **changed: object) -> OfferAccepted:
    """Return the response that takes the seat, sent when the offer was made unless `at` says."""
    return OfferAccepted.model_validate(_response(offer) | changed)


def declining(offer: OfferMade, **changed: object) -> OfferDeclined:
    """Return the response that gives the seat back."""
    return OfferDeclined.model_validate(_response(offer) | changed)


def answering(offer: OfferMade, answer: Answer = "cat", **changed: object) -> OfferAnswered:
    """Return the response with the worker's answer."""
    return OfferAnswered.model_validate(_response(offer) | {"answer": answer} | changed)


def _response(offer: OfferMade) -> dict[str, object]:
    claims = offer.claims
    return {
        "pool": claims.pool,
        "at": offer.at,
        "task_id": claims.task_id,
        "worker_id": claims.worker_id,
        "token": offer.token,
    }
