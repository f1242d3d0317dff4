"""The `gates` topic, written by intake: what each gate with a promise learned, and how it stands.

It is compacted, since a promise must outlive every other topic: of each gate the last record stays.
A record holds a gate's whole state, and of two the one with the higher revision stands.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.events.model import Event, Id, Name, natural_id
from shared.contracts.part import Part, Probability
from shared.contracts.topics import GATES, Topic

Revision = Annotated[int, Field(ge=1)]


class PromiseMade(Part):
    """What the operator promises of waived outputs: at most `max_error` of them are wrong.

    `confidence` is how sure that is. `missed` is the stated share of wrong outputs that people's
    verdicts call right, and `floor` the threshold that is never gone below.
    """

    max_error: Annotated[float, Field(gt=0, lt=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    missed: Annotated[float, Field(ge=0, lt=1)] = 0.0
    floor: Probability = 0.0


class LeakageEstimated(Part):
    """The share of waived outputs that are wrong, with bounds that hold however often one looks."""

    share: Probability
    low: Probability
    high: Probability


class VerdictsCounted(Part):
    """People's verdicts on outputs of one band of confidence and one weight: right, and wrong.

    The weight is 1, halved this often. Band 0 is the least sure.
    """

    band: Annotated[int, Field(ge=0)]
    halvings: Annotated[int, Field(ge=0)]
    right: Annotated[int, Field(ge=0)]
    wrong: Annotated[int, Field(ge=0)]


class _OfGate(Event):
    """A fact about one gate: of one model, version and task type, under one promise."""

    gate: Id
    task_type: Name
    revision: Revision

    @property
    def event_id(self) -> str:
        """One id for each gate and revision."""
        return natural_id(self.TYPE, self.gate, self.revision)


class GateLearned(_OfGate):
    """All that people's verdicts taught of one gate, after one more of them: that on `task_id`.

    `term` counts how often the promise began: it begins anew when the gate closes by itself, and
    what an earlier term taught is void. `counts` are the verdicts it goes by. `newest` are the
    newest audited outputs and `taught`, by partition of `verdicts`, the verdicts that were counted
    last: numbers of eight bytes, in base64. `threshold` is the confidence from which on outputs are
    waived, absent while none is; `halvings` says how many of these are audited all the same: 2 are
    one of four. The gate stands so since the revision `stands_since`. `drift` is the evidence that
    the model became worse, as a share of what closes the gate.
    """

    TYPE: ClassVar[str] = "gate.learned.v1"
    TOPIC: ClassVar[Topic] = GATES

    model: str | None = None
    model_version: str | None = None
    promise: PromiseMade
    stands_since: Revision
    term: Annotated[int, Field(ge=1)]
    counts: tuple[VerdictsCounted, ...] = ()
    newest: str = ""
    taught: tuple[str, ...] = ()
    threshold: Probability | None = None
    halvings: Annotated[int, Field(ge=0)] = 0
    leakage: LeakageEstimated | None = None
    drift: Annotated[float, Field(ge=0)] = 0.0
    task_id: Id

    @property
    def key(self) -> str:
        """The gate."""
        return self.gate


class GateStood(_OfGate):
    """How far a gate is open from this revision on; sent when that changes.

    `threshold`, `halvings` and `term` are as in GateLearned. `closed` says that the gate was open
    before and closed by itself, since verdicts show more wrong outputs than promised. `forgotten`
    says that the gate is one of too many, and was not needed for longest.
    """

    TYPE: ClassVar[str] = "gate.stood.v1"
    TOPIC: ClassVar[Topic] = GATES

    term: Annotated[int, Field(ge=1)]
    threshold: Probability | None = None
    halvings: Annotated[int, Field(ge=0)] = 0
    closed: bool = False
    forgotten: bool = False

    @property
    def key(self) -> str:
        """The gate and a word: how it stands outlives compaction beside what it learned."""
        return f"{self.gate} stands"


class GateForgotten(_OfGate):
    """A gate that was not needed for longest made room for another: what it learned is gone.

    A gate that begins after it begins in a later term than `term`, so none has its whole chance of
    being wrong twice.
    """

    TYPE: ClassVar[str] = "gate.forgotten.v1"
    TOPIC: ClassVar[Topic] = GATES

    term: Annotated[int, Field(ge=1)]

    @property
    def key(self) -> str:
        """The gate."""
        return self.gate


EVENTS: tuple[type[Event], ...] = (GateLearned, GateStood, GateForgotten)
