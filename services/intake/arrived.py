"""Reads a record of `model-outputs`: one model output in a common form, or a server's request."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import JsonValue

from services.intake import keys
from services.intake.catalog.label_maps import NO_LABEL_MAPS, LabelMaps
from services.intake.cloudevents import REQUESTED, RESPONDED
from services.intake.envelope import (
    Envelope,
    Opened,
    SentEnvelope,
    digest_of,
    envelope_in,
    opened,
    output_id,
    ref_in,
)
from services.intake.formats import read_output
from services.intake.schemas import NO_REGISTRY, Schemas, in_json
from services.intake.server_calls import is_too_long, text_of_call
from shared.contracts.controls import refuse_controls
from shared.contracts.envelope import check_transport, derived_traceparent
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Id, Moment, OfTask, natural_id
from shared.contracts.events.parts import Output, OutputRef
from shared.contracts.events.second_stage import QA_SOURCE, UNTIMED, OutputComposed
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, Topic
from shared.pattern.service import Unit


class OutputArrived(OfTask):
    """One model output in canonical form, whatever format it was sent in; never on a topic itself.

    `pool` names the bucket of state it belongs to; which workers are asked is for the catalog to
    say. `at` is a constant: no sender's clock can be trusted, so no decision looks at it. `not_for`
    are workers who must not be asked about it; with `only_for` nobody else is, and with `ask` it
    goes past the gate.
    Example: a bare OpenAI completion and our envelope round the same text give equal `output`s.
    """

    TYPE: ClassVar[str] = "output.arrived.v1"
    TOPIC: ClassVar[Topic] = MODEL_OUTPUTS

    at: Moment = UNTIMED
    ref: OutputRef
    output: Output
    task_type: str | None = None
    digest: str
    not_for: tuple[Id, ...] = ()
    only_for: tuple[Id, ...] = ()
    ask: Literal["always"] | None = None

    @property
    def event_id(self) -> str:
        """An id made of the output's source and id: the same however often the output is sent."""
        return natural_id(self.TYPE, self.task_id)


class RequestArrived(OfTask):
    """What a model server was asked, as KServe's logger sends it apart from the response.

    Never on a topic itself. `task_id` is the one that the response's task would have. `text` is
    what people can read of it; None if there is nothing, or if it is too long to be kept.
    """

    TYPE: ClassVar[str] = "request.arrived.v1"
    TOPIC: ClassVar[Topic] = MODEL_OUTPUTS

    at: Moment = UNTIMED
    digest: str
    text: str | None = None
    too_long: bool = False

    @property
    def event_id(self) -> str:
        """An id made of source and id, and another than the response has with the same two."""
        return natural_id(self.TYPE, self.task_id)


class ResponseArrived(OfTask):
    """What a model server replied; it is read once its request is at hand, which formats may need.

    Never on a topic itself. What it says stands in the envelope, which its decision gets.
    """

    TYPE: ClassVar[str] = "response.arrived.v1"
    TOPIC: ClassVar[Topic] = MODEL_OUTPUTS

    at: Moment = UNTIMED

    @property
    def event_id(self) -> str:
        """The id of an output: it is one, in whichever way it is sent."""
        return natural_id(OutputArrived.TYPE, self.task_id)


def read(
    record: Record, label_maps: LabelMaps = NO_LABEL_MAPS, schemas: Schemas = NO_REGISTRY
) -> Sequence[Unit]:
    """Return one unit to handle: the model output or the request in this record.

    `label_maps` are the catalog's, `schemas` those of the registry. Raises Refused for a record
    that no catalog of task types could accept.
    Example: an OpenAI chat completion gives one OutputArrived event.
    """
    check_transport(record, MODEL_OUTPUTS)
    written = in_json(record, schemas)
    content = opened(written)
    sent_as = content.attributes.type
    if sent_as == REQUESTED:
        return (_request(written, content)._replace(record=record),)
    envelope = envelope_in(written, content, label_maps)
    task_id = envelope.output_id
    id_ = natural_id(OutputArrived.TYPE, task_id)
    trace = envelope.ref.traceparent or derived_traceparent(task_id)
    if sent_as == RESPONDED:
        responded = ResponseArrived.made({"pool": keys.bucket(task_id), "task_id": task_id})
        return (Unit(record, id_, responded, envelope, envelope.digest, trace),)
    arrived = _output_of(envelope, task_id)
    return (Unit(record, id_, arrived, arrived, arrived.digest, trace),)


def output_in(envelope: Envelope) -> OutputArrived:
    """Return the output in an envelope. Raises Refused for one that its format cannot read."""
    return _output_of(envelope, envelope.output_id)


def _output_of(envelope: Envelope, task_id: str) -> OutputArrived:
    # What it is made of was checked where it was read.
    return OutputArrived.made(
        {
            "pool": keys.bucket(task_id),
            "task_id": task_id,
            "ref": envelope.ref,
            "output": read_output(envelope),
            "task_type": envelope.task_type,
            "digest": envelope.digest,
        }
    )


def _request(record: Record, content: Opened) -> Unit:
    refuse_controls(record.value or b"", content.value)
    ref = ref_in(record, content.attributes, SentEnvelope(response=None))
    text = text_of_call(content.data)
    too_long = text is not None and is_too_long(text)
    task_id = output_id(ref)
    arrived = RequestArrived(
        pool=keys.bucket(task_id),
        task_id=task_id,
        digest=digest_of(content.data),
        text=None if too_long else text,
        too_long=too_long,
    )
    trace = ref.traceparent or derived_traceparent(task_id)
    return Unit(record, arrived.event_id, arrived, arrived, arrived.digest, trace)


def composed(sent: OutputComposed, _: Record) -> OutputArrived:
    """Return an output of qa's own in the common form. Raises Refused for one of another source."""
    if sent.ref.source != QA_SOURCE:
        fix = f"only {QA_SOURCE} sends to this topic: send other outputs to {MODEL_OUTPUTS.name}"
        raise Refused(Reason.FOREIGN_SOURCE, f"ref.source: {fix}")
    output = sent.output.model_dump(mode="json", exclude_none=True)
    return OutputArrived.made(
        {
            "pool": keys.bucket(sent.task_id),
            "task_id": sent.task_id,
            "ref": sent.ref,
            "output": sent.output,
            "task_type": sent.task_type,
            "digest": digest_of(sent.task_type, output, *_audience(sent)),
            "not_for": sent.not_for,
            "only_for": sent.only_for,
            "ask": sent.ask,
        }
    )


def _audience(sent: OutputComposed) -> Sequence[JsonValue]:
    """Return whom an output is for, for its digest; without `only_for` and `ask` as ever."""
    kept_from: list[JsonValue] = [*sent.not_for]
    if not sent.only_for and sent.ask is None:
        return (kept_from,)
    return kept_from, [*sent.only_for], sent.ask
