"""A unit in flight: one event on its way through the pipeline, and the steps it may take."""

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
    """How far a unit has come."""

    TO_DECIDE = "to decide"
    """Nothing is decided yet, or what was decided rests on state that has moved since."""
    DECIDED = "decided"
    """The decision is taken; its commit entry, if it has one, is not in Redis yet."""
    COMMITTED = "committed"
    """Redis holds the decision, or holds that of an earlier delivery: it may be published."""
    REFUSED = "refused"
    """The record goes to the dead letters."""
    PUBLISHED = "published"
    """Everything that follows from the unit is on Kafka; it is never decided again."""


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
    """The pipeline took a step out of order: a bug of ours, never of a record."""


@dataclass(slots=True)
class UnitInFlight:
    """One unit on its way through the pipeline.

    slot: the hash tag of the state the unit belongs to, `{router:main}`.
    bugs: how often its decision has raised an error that is a bug.
    entry: what is to be committed for it, if anything.
    records, events: what its decision announces, encoded and as events.
    view: the state it was decided on.
    refused: why its record goes to the dead letters, where it does.
    outcome_kept: whether Redis holds an outcome for it, which settling then gives a short life.
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
        """Whether everything that follows from the unit is published."""
        return self.step is Step.PUBLISHED

    def move_to(self, step: Step) -> None:
        """Take a step. Raises IllegalStepError where LEGAL_STEPS does not allow it."""
        if step not in LEGAL_STEPS[self.step]:
            raise IllegalStepError(f"a unit that is {self.step.value} cannot be {step.value} next")
        self.step = step

    def start_over(self) -> None:
        """Forget what an earlier pass made of the unit: it is loaded and decided again."""
        if self.step is not Step.TO_DECIDE:
            self.move_to(Step.TO_DECIDE)
        self.entry, self.records, self.events, self.view = None, (), (), None
        self.refused, self.outcome_kept = None, False
