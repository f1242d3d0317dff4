"""Reads a record of `model-outputs` into one model output in a common form."""

from collections.abc import Sequence
from typing import ClassVar

from services.intake import keys
from services.intake.catalog.label_maps import NO_LABEL_MAPS, LabelMaps
from services.intake.envelope import digest_of, read_envelope
from services.intake.formats import read_output
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
    are workers who must not be asked about it.
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

    @property
    def event_id(self) -> str:
        """An id made of the output's source and id: the same however often the output is sent."""
        return natural_id(self.TYPE, self.task_id)


def read(record: Record, label_maps: LabelMaps = NO_LABEL_MAPS) -> Sequence[Unit]:
    """Return one unit to handle: the model output in this record, in a common form.

    `label_maps` are the catalog's. Raises Refused for a record that no catalog of task types could
    accept.
    Example: an OpenAI chat completion gives one OutputArrived event.
    """
    check_transport(record, MODEL_OUTPUTS)
    envelope = read_envelope(record, label_maps)
    task_id = envelope.output_id
    id_ = natural_id(OutputArrived.TYPE, task_id)
    # What it is made of was checked where it was read.
    arrived = OutputArrived.made(
        {
            "pool": keys.bucket(task_id),
            "task_id": task_id,
            "ref": envelope.ref,
            "output": read_output(envelope),
            "task_type": envelope.task_type,
            "digest": envelope.digest,
        }
    )
    trace = envelope.ref.traceparent or derived_traceparent(task_id)
    return (Unit(record, id_, arrived, arrived, arrived.digest, trace),)


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
            "digest": digest_of(sent.task_type, output, list(sent.not_for)),
            "not_for": sent.not_for,
        }
    )
