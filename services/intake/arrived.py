"""A model output that has arrived: read off its record, not yet decided on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from services.intake import keys
from services.intake.envelope import read_envelope
from services.intake.formats import read_output
from shared.contracts.envelope import check_transport, derived_traceparent
from shared.contracts.events.model import Moment, OfTask, natural_id
from shared.contracts.events.parts import Output, OutputRef
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, Topic
from shared.pattern.service import Unit


class OutputArrived(OfTask):
    """What one record says, whoever's words it says it in; it is never on a topic itself.

    `pool` is the bucket its state is in: which workforce is asked the catalog says later. `at` is
    no moment: nobody can vouch for a sender's clock, and nothing is decided by it.
    """

    TYPE: ClassVar[str] = "output.arrived.v1"
    TOPIC: ClassVar[Topic] = MODEL_OUTPUTS

    at: Moment = datetime(2000, 1, 1, tzinfo=UTC)
    ref: OutputRef
    output: Output
    task_type: str | None = None
    digest: str

    @property
    def event_id(self) -> str:
        """One per source and id, however often it is sent."""
        return natural_id(self.TYPE, self.task_id)


def read(record: Record) -> Sequence[Unit]:
    """The output of a record; raises Refused for all that no catalog could mend."""
    check_transport(record, MODEL_OUTPUTS)
    envelope = read_envelope(record)
    task_id = envelope.output_id
    id_ = natural_id(OutputArrived.TYPE, task_id)
    arrived = OutputArrived(
        pool=keys.bucket(task_id),
        task_id=task_id,
        ref=envelope.ref,
        output=read_output(envelope),
        task_type=envelope.task_type,
        digest=envelope.digest,
    )
    trace = envelope.ref.traceparent or derived_traceparent(task_id)
    return (Unit(record, id_, arrived, arrived, arrived.digest, trace),)
