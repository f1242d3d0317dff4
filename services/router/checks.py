"""Checks records before the router decides on them, and signs the offers it has decided on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.router import tokens
from services.router.state import Due, Response
from services.router.tokens import Keys
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.model import YEARS, Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Claims
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.timers import DeadlinePassed
from shared.contracts.record import Record
from shared.state.commit import digest_of

TOKEN_GRACE = timedelta(days=14)
"""Time after the offer's last deadline in which its token is still accepted.
The router and payout remember answers for longer, so no answer is ever paid twice.
"""


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks and signatures that need what a decision must not have: secrets and Kafka's progress.

    keys: secrets that sign tokens. read_until: returns, for a partition, the time up to which all
    responses have been handled.
    Example: `checks.response(event, record)` raises Refused for a forged token.
    """

    keys: Keys
    read_until: Callable[[int], datetime]

    def by_event(self) -> Mapping[type[Event], Callable[[Any, Record], Any]]:
        """Return the check for each type of event that needs one: responses and DeadlinePassed."""
        return {
            OfferAccepted: self.response,
            OfferDeclined: self.response,
            OfferAnswered: self.response,
            DeadlinePassed: self.due,
        }

    def response(
        self, event: OfferAccepted | OfferDeclined | OfferAnswered, record: Record
    ) -> Response:
        """Return a worker's response with its token's claims, after checking both.

        Raises Refused if the token is invalid, names another worker, pool or task, is too old, or
        if the answer does not fit the question that the token states.
        Example: w-8 answers with the token of w-7: Refused, `worker_mismatch`.
        """
        claims = tokens.verify(event.token, self.keys)
        if event.worker_id != claims.worker_id:
            detail = "worker_id: the offer was made to another worker: send it back as who got it"
            raise Refused(Reason.WORKER_MISMATCH, detail)
        if event.pool != claims.pool:
            raise Refused(
                Reason.POOL_MISMATCH,
                "pool: the offer was made in another one: send the pool it names",
            )
        if event.task_id != claims.task_id:
            raise Refused(
                Reason.KEY_MISMATCH,
                "task_id: the offer is about another task: send the one it names",
            )
        if record.appended_at.year not in YEARS:
            # Its sender's clock, on a topic whose times the broker does not set (yet): no reader
            # would take an event that states it.
            detail = (
                f"timestamp: the record's is not between the years {YEARS[0]} and {YEARS[-1]}: send"
                " it again with the present time, or let the broker set it (LogAppendTime)"
            )
            raise Refused(Reason.TIME_OUT_OF_RANGE, detail)
        if record.appended_at > claims.answer_by + TOKEN_GRACE:
            detail = (
                f"token: its offer ended over {TOKEN_GRACE.days} days ago: leave it, it is not paid"
            )
            raise Refused(Reason.ASSIGNMENT_ENDED, detail)
        if isinstance(event, OfferAnswered):
            _check_answer(event, claims)
        return Response(
            event,
            claims,
            record.appended_at,
            digest_of(record.value or b""),
            self._draft_key(claims, tokens.kid_of(event.token)),
        )

    def due(self, event: DeadlinePassed, record: Record) -> Due:
        """Return a passed deadline with the time up to which responses were handled."""
        return Due(event, self.read_until(record.partition))

    def seal(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the events with signed tokens in the offers, and their hashes in the journal.

        Example: the worker gets `k1.eyJ...`, the journal gets `token_hash`, the SHA-256 of that.
        """
        # By their exact type: pydantic's isinstance is a call in Python for every event.
        stated = [self._stated(event.claims) for event in events if type(event) is OfferMade]
        signed = {
            claims.assignment_id: _Signed(claims, tokens.sign(claims, self.keys))
            for claims in stated
        }
        return [_sealed(event, signed) for event in events] if signed else events

    def _stated(self, claims: Claims) -> Claims:
        """Return the claims as an offer states them: what its draft says under a key of ours."""
        if claims.draft_digest is None:
            return claims
        key = self._draft_key(claims, self.keys.signing)
        return claims.model_copy(update={"draft_digest": tokens.keyed(claims.draft_digest, key)})

    def _draft_key(self, claims: Claims, kid: str) -> bytes:
        if claims.draft_digest is None:
            return b""
        return tokens.draft_key(self.keys, kid, claims.assignment_id)


class _Signed(NamedTuple):
    claims: Claims
    token: str


def _check_answer(event: OfferAnswered, claims: Claims) -> None:
    """Raise Refused if the answer does not fit the question that the token states."""
    problem = claims.asks.problem_with(event.answer)
    if problem is not None:
        raise Refused(Reason.BAD_ANSWER, f"answer: {problem}")


def _sealed(event: Event, signed: Mapping[str, _Signed]) -> Event:
    if type(event) is OfferMade:
        return event.made({**event.__dict__, **signed[event.claims.assignment_id]._asdict()})
    if type(event) is AssignmentOffered:
        token = signed[event.assignment_id].token
        return event.made({**event.__dict__, "token_hash": tokens.sha256_of(token)})
    return event
