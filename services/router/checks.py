"""Checks of a record before anything is decided on it, and signatures on what was decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.router import tokens
from services.router.state import Due, Response
from services.router.tokens import Keys
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Claims
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.timers import DeadlinePassed
from shared.contracts.record import Record
from shared.state.commit import digest_of

TOKEN_GRACE = timedelta(days=14)
"""Time after its last deadline in which a token is honoured. The states of router and payout
remember longer than that, so an answer under the token cannot be paid a second time."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks that need what no decision may know: secrets, and how far responses were read."""

    keys: Keys
    read_until: Callable[[int], datetime]

    def by_event(self) -> Mapping[type[Event], Callable[[Any, Record], Any]]:
        """Return the check for each type of event that needs one."""
        return {
            OfferAccepted: self.response,
            OfferDeclined: self.response,
            OfferAnswered: self.response,
            DeadlinePassed: self.due,
        }

    def response(
        self, event: OfferAccepted | OfferDeclined | OfferAnswered, record: Record
    ) -> Response:
        """Return the response with its token's claims; raises Refused where the two disagree."""
        claims = tokens.verify(event.token, self.keys)
        if event.worker_id != claims.worker_id:
            detail = "the offer was made to another worker: send it back as who got it"
            raise Refused(Reason.WORKER_MISMATCH, detail)
        if event.pool != claims.pool:
            raise Refused(
                Reason.POOL_MISMATCH, "the offer was made in another pool: send the pool it names"
            )
        if event.task_id != claims.task_id:
            raise Refused(
                Reason.KEY_MISMATCH, "the offer is about another task: send the task it names"
            )
        if record.appended_at > claims.answer_by + TOKEN_GRACE:
            detail = f"the offer ended over {TOKEN_GRACE.days} days ago: leave it, it is not paid"
            raise Refused(Reason.ASSIGNMENT_ENDED, detail)
        if isinstance(event, OfferAnswered):
            _check_answer(event, claims)
        return Response(event, claims, record.appended_at, digest_of(record.value or b""))

    def due(self, event: DeadlinePassed, record: Record) -> Due:
        """Return the deadline, and up to when responses of its partition have been handled."""
        return Due(event, self.read_until(record.partition))

    def seal(self, events: Sequence[Event]) -> Sequence[Event]:
        """Sign each offer's claims, and put only the token's hash into the journal.

        Example: the worker gets `k1.eyJ...`, the journal `token_hash` = its SHA-256.
        """
        signed: dict[str, str] = {}
        for event in events:
            if isinstance(event, OfferMade):
                token = tokens.sign(event.claims, self.keys)
                signed[event.claims.assignment_id] = token
        return [_sealed(event, signed) for event in events]


def _check_answer(event: OfferAnswered, claims: Claims) -> None:
    """Raise Refused where the answer is none to the question that the token carries."""
    problem = claims.asks.problem_with(event.answer)
    if problem is not None:
        raise Refused(Reason.BAD_ANSWER, problem)


def _sealed(event: Event, signed: Mapping[str, str]) -> Event:
    if isinstance(event, OfferMade):
        return event.model_copy(update={"token": signed[event.claims.assignment_id]})
    if isinstance(event, AssignmentOffered):
        token = signed[event.assignment_id]
        return event.model_copy(update={"token_hash": tokens.sha256_of(token)})
    return event
