"""Decides on what KServe's logger sends: keeps a request, and puts it beside its response.

Requests and responses come under one id, in any order, and neither waits for the other. A request
that comes first is kept in Redis alone, for a day; a response that finds none goes on without.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.intake import keys
from services.intake.arrived import OutputArrived, RequestArrived, output_in
from services.intake.catalog import Catalog, TaskType
from services.intake.decide import admit, again, task_type_of
from services.intake.envelope import Envelope
from services.intake.server_calls import NOT_SHOWN, REQUEST_BYTES_MAX
from services.intake.state import Exchange, KeptRequest
from shared.contracts.errors import Reason, Refused
from shared.pattern.service import Decision
from shared.state.changes import absent, drop_fields, forget, put

KEPT = timedelta(days=1)
"""How long a request waits for its response; many never come, as KServe logs no failed ones."""
_IN_ENVELOPE = "send it with the response in our envelope"


def keep_request(arrived: RequestArrived, exchange: Exchange, now: datetime) -> Decision:
    """Return the decision that keeps a request until its response comes.

    Nothing is kept if the response came before, or of a request that nobody could read. The same
    request again changes nothing; another one under its id is refused, and the first stands.
    """
    if exchange.ended is not None or (arrived.text is None and not arrived.too_long):
        return Decision.done()
    if exchange.request is not None:
        if exchange.request.digest == arrived.digest:
            return Decision.done()
        fix = "give each call of the model an id of its own"
        return Decision.refuse(Reason.ID_REUSE, f"id: it had another request before: {fix}")
    key = keys.request(arrived.task_id)
    fields = {"digest": arrived.digest}
    if arrived.text is not None:
        fields["text"] = arrived.text
    expires = int((now + KEPT).timestamp())
    return Decision.of(
        relies=(absent(key, "digest"),), index=(put(key, **fields), forget(key, expires))
    )


def take_response(
    catalog: Catalog, envelope: Envelope, exchange: Exchange, now: datetime
) -> Decision:
    """Return the decision on a response as on any output, with its request where it is known.

    Once something follows from the response, its request is dropped. Raises Refused as
    `decide.admit` does, and for a response that its format cannot read.
    Example: a chat completion whose request is kept: people see the messages beside the answer.
    """
    if exchange.ended is not None:
        return again(envelope.digest, exchange.ended)
    kept = exchange.request
    if kept is not None and envelope.request is None:
        envelope = envelope._replace(request=kept.text)
    arrived = output_in(envelope)
    if arrived.output.request is None:
        arrived = _without_request(arrived, kept, task_type_of(arrived, catalog)[1])
    decision = admit(catalog, arrived, None, now, standing=exchange.standing)
    if kept is None or not decision.events:
        return decision
    drop = drop_fields(keys.request(arrived.task_id), "digest", "text")
    return replace(decision, index=(*decision.index, drop))


def _without_request(
    arrived: OutputArrived, kept: KeptRequest | None, row: TaskType
) -> OutputArrived:
    """Return the output, with a word on its request if that was too long to be kept.

    Raises Refused if people must see the request.
    """
    if "request" in row.shows:
        why = "did not come before its response (logger mode: all)"
        if kept is not None:
            why = f"is longer than {REQUEST_BYTES_MAX:,} bytes, and was not kept"
        fix = f"people need it to answer this task type, and it {why}: {_IN_ENVELOPE}"
        raise Refused(Reason.MISSING, f"request: {fix}")
    if kept is None:
        return arrived
    output = arrived.output.model_copy(update={"request": NOT_SHOWN})
    return arrived.model_copy(update={"output": output})
