"""An event while it is handled (`UnitInFlight`), and which step may follow which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing
from shared.pattern.service import Unit
from shared.state.store import CommitEntry
from shared.state.view import View


class Step(Enum):
    """The steps of an event on its way through the pipeline; LEGAL_STEPS says what follows what."""

    TO_DECIDE = "to decide"
    """Nothing is decided yet, or the state that was decided on has changed since."""
    DECIDED = "decided"
    """The decision is taken; its changes are not committed to Redis yet."""
    COMMITTED = "committed"
    """Redis holds the decision of this delivery or an earlier one: its records may go out."""
    REFUSED = "refused"
    """The record goes to the dead letters."""
    PUBLISHED = "published"
    """Its records, or its dead letter, are on Kafka; it is never decided again."""

    # That of Enum hashes the name in Python, twice for every step of every event.
    __hash__ = object.__hash__


LEGAL_STEPS: Mapping[Step, frozenset[Step]] = {
    # COMMITTED at once where an earlier delivery was committed; REFUSED at once where the refusal
    # changes no state.
    Step.TO_DECIDE: frozenset({Step.DECIDED, Step.COMMITTED, Step.REFUSED}),
    # TO_DECIDE where the commit met a conflict, or Redis went away before it answered.
    Step.DECIDED: frozenset({Step.COMMITTED, Step.REFUSED, Step.TO_DECIDE}),
    # TO_DECIDE where Kafka went away before it acknowledged: recall the outcome, then publish.
    Step.COMMITTED: frozenset({Step.PUBLISHED, Step.TO_DECIDE}),
    Step.REFUSED: frozenset({Step.PUBLISHED, Step.TO_DECIDE}),
    Step.PUBLISHED: frozenset(),
}


class IllegalStepError(RuntimeError):
    """Raised where the pipeline takes a step that LEGAL_STEPS does not allow: a bug of Sentuh."""


@dataclass(slots=True)
class UnitInFlight:
    """One event to handle, and how far the pipeline has come with it.

    unit: the event, and the record it was read from.
    slot: the Redis hash tag of the state it belongs to, `{router:main}`.
    step: how far it has come.
    bugs: how often its decision raised an unexpected error.
    entry: the guarded changes to commit to Redis for it; None if there are none.
    records: the Kafka records to publish for it.
    events: the same records as events, before they were encoded.
    view: the state it was decided on, as loaded from Redis.
    refused: the reason for its dead letter; None if it is not refused.
    outcome_kept: whether Redis keeps the records under the event's id, to publish them again after
        a crash.
    """

    unit: Unit
    slot: str
    step: Step = Step.TO_DECIDE
    bugs: int = 0
    entry: CommitEntry | None = None
    records: tuple[Outgoing, ...] = ()
    events: Sequence[Event] = ()
    view: View | None = None
    refused: Refused | None = None
    outcome_kept: bool = False

    @property
    def published(self) -> bool:
        """Whether this event's records, or its dead letter, are on Kafka."""
        return self.step is Step.PUBLISHED

    def move_to(self, step: Step) -> None:
        """Set this unit to `step`.

        Raises IllegalStepError where LEGAL_STEPS does not allow that step after the current one.
        """
        if step not in LEGAL_STEPS[self.step]:
            raise IllegalStepError(f"a unit that is {self.step.value} cannot be {step.value} next")
        self.step = step

    def start_over(self) -> None:
        """Set this unit back to TO_DECIDE and drop its decision.

        The pipeline then loads its state and decides its event again. Raises IllegalStepError if
        the unit is published already.
        """
        if self.step is not Step.TO_DECIDE:
            self.move_to(Step.TO_DECIDE)
        self.entry, self.records, self.events, self.view = None, (), (), None
        self.refused, self.outcome_kept = None, False
