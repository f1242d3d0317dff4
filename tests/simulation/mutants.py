"""The pattern with one of its rules left out: a simulation that misses that is worth little."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import get_args
from unittest import mock

from services.intake.promise import drawing, teaching
from services.intake.promise.standing import GateStanding
from services.intake.state import ToldStanding
from services.payout import decide as payout_decide
from services.qa import decide as qa_decide
from services.qa import second_stage, to_state, witness
from services.qa.agreement.choice.learner import ChoiceLearning, used_of
from services.qa.golds import asking
from services.qa.golds.kept import Terms
from services.qa.state import Cause, TaskUnderReview
from services.qa.witness import kept as witness_kept
from services.router import decide, fold, keys, lanes, rank
from services.router.decide import lane
from services.router.state import Task as RouterTask
from services.router.state import TaskNeeds, Worker, rating
from services.router.state.rating import OPEN
from services.router.sweep import Sweep
from shared.contracts.events.assignments import TaskClosed
from shared.contracts.events.model import Event
from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import LeftOut
from shared.kafka.batches import Assignment, Batches, Fate
from shared.pattern.batch import Chunk
from shared.pattern.gather import Gather
from shared.pattern.in_flight import Step
from shared.pattern.pipeline import Pipeline
from shared.pattern.service import Decision, Folds, Loading, Row, Service
from shared.pattern.side_by_side import SideBySide
from shared.state.changes import Change
from shared.state.store import Settlement
from shared.state.twin import Twin
from tests.simulation.schedule import Rules


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule left out: by other rules of the world, or by a patch of the code.

    `near` is a seed that is known to catch it, tried first; any other will do as well.
    """

    name: str
    rules: Rules = field(default_factory=Rules)
    patch: Callable[[], object] | None = None
    scenarios: tuple[str, ...] = ()
    near: int = 0

    def seeds(self, count: int) -> Iterator[int]:
        """This many seeds, the near one first."""
        yield self.near
        yield from (seed for seed in range(count) if seed != self.near)

    @contextmanager
    def applied(self) -> Iterator[Rules]:
        """The world without the rule."""
        if self.patch is None:
            yield self.rules
            return
        with self.patch():  # type: ignore[attr-defined]
            yield self.rules


class _Unguarded(Folds):
    def __init__(self, folds: Folds) -> None:
        super().__init__()
        self._by_event = folds._by_event

    def __call__(self, event: Event, order: int = 0) -> tuple[Change, ...]:
        return tuple(change._replace(guards=()) for change in super().__call__(event, order))


def _without_guards(service: Service) -> Service:
    return replace(service, folds=_Unguarded(service.folds))


def _without_revision(service: Service) -> Service:
    def bare(row: Row) -> Row:  # type: ignore[type-arg]
        load = Loading(row.load.reads, row.load.state, lambda _: ())
        return replace(row, load=load)

    return replace(service, rows=tuple(bare(row) for row in service.rows))


def _no_taint() -> object:
    def commit(self: Twin, entries: Sequence[object]) -> list[object]:
        return [self._commit(entry, set()) for entry in entries]  # type: ignore[arg-type]

    return mock.patch.object(Twin, "commit", commit)


def _price_left_out() -> object:
    def used(self: ChoiceLearning, typical: float) -> Used:
        return used_of(replace(self._learned, price=0.0), typical)

    return mock.patch.object(ChoiceLearning, "used", used)


def _only_what_came_in() -> object:
    return mock.patch.object(payout_decide, "_verdict_is_in", return_value=False)


def _no_lane_sweep() -> object:
    async def nothing(*_: object) -> list[Event]:
        return []

    return mock.patch.object(Sweep, "_lanes", nothing)


def _any_pool_is_known() -> object:
    return mock.patch.object(SideBySide, "_shares", _as_if_all_were_open(SideBySide._shares))


def _as_if_all_were_open(shares: Callable[..., object]) -> Callable[..., object]:
    def shared(self: SideBySide, records: object, revoked: object, _: object) -> object:
        return shares(self, records, revoked, lambda _slot: True)

    return shared


def _nobody_hands_on(service: Service) -> Service:
    def deaf(row: Row) -> Row:  # type: ignore[type-arg]
        told = row.decide is decide.hand_on
        return replace(row, decide=lambda *_: Decision.done()) if told else row

    return replace(service, rows=tuple(deaf(row) for row in service.rows))


def _no_recall() -> object:
    def start_over(self: Chunk) -> None:
        for one in self.at_step(Step.TO_DECIDE, Step.DECIDED):
            one.start_over()

    return mock.patch.object(Chunk, "start_over", start_over)


def _settled_first() -> object:
    publish = Pipeline._publish

    async def settled_and_published(self: Pipeline, chunk: Chunk) -> None:
        committed = [one for one in chunk.at_step(Step.COMMITTED) if one.outcome_kept]
        for one in committed:
            epoch = chunk.batch.epochs[one.slot]
            await self._settle(
                {one.slot: Settlement(epoch, {one.unit.id: one.unit.digest}, (), {})}
            )
        await publish(self, chunk)

    return mock.patch.object(Pipeline, "_publish", settled_and_published)


def _offsets_of_what_was_thrown_away() -> object:
    acknowledge, drop = Batches._acknowledge, Batches._drop_gather

    async def acknowledged(self: Batches, gather: Gather, assignment: Assignment) -> Fate:
        fate = await acknowledge(self, gather, assignment)
        if fate is Fate.READ_AGAIN:
            self._gather.offsets.update(gather.offsets)
        return fate

    async def dropped(self: Batches) -> Fate:
        gather = self._gather
        fate = await drop(self)
        self._gather.offsets.update(gather.offsets)
        return fate

    return mock.patch.multiple(Batches, _acknowledge=acknowledged, _drop_gather=dropped)


def _no_escaping() -> object:
    places = (keys, lanes, fold, lane)
    patches = ExitStack()
    for place in places:
        patches.enter_context(mock.patch.object(place, "escaped", str))
    return patches


def _kinds_not_looked_at() -> object:
    def meets(self: Worker, needs: TaskNeeds) -> bool:
        return self.profile is not None and self.profile.meets(needs.requirement)

    return mock.patch.object(Worker, "meets", meets)


def _decided_alone() -> object:
    return mock.patch.object(second_stage, "decide_both", lambda _, verdict: Decision.of(verdict))


def _closed_while_waiting(service: Service) -> Service:
    """Qa with its old row for closings: it knows of no second stage."""

    def decide_closed(cause: Cause, task: TaskUnderReview, now: datetime) -> Decision:
        rules = task.rules and replace(task.rules, then=None)
        return qa_decide.judge(cause, replace(task, rules=rules, second=None), now)

    def old(row: Row) -> Row:  # type: ignore[type-arg]
        if service.name != "qa" or row.event is not TaskClosed:
            return row
        load = Loading(row.load.reads, to_state.task, row.load.aggregates)
        return replace(row, load=load, decide=decide_closed)

    return replace(service, rows=tuple(old(row) for row in service.rows))


def _anybody_is_reliable_enough() -> object:
    return mock.patch.object(rank, "entry", return_value=OPEN)


def _newcomers_count_as_known() -> object:
    return mock.patch.object(rating, "ANSWERS_MIN", 0)


def _anybody_is_asked_a_gold() -> object:
    patches = ExitStack()
    patches.enter_context(mock.patch.object(RouterTask, "is_for", return_value=True))
    common = mock.patch.object(lanes, "lanes_of", lambda task: (task.rules.lane,))
    patches.enter_context(common)
    return patches


def _golds_come_again() -> object:
    def fit_for(terms: Terms, _: object, people: Sequence[str]) -> tuple[str, ...]:
        return tuple(people[: terms.people])

    return mock.patch.object(asking, "_fit_for", fit_for)


def _taught_again() -> object:
    return mock.patch.object(teaching, "with_verdict", lambda counted, *_: tuple(counted))


def _waived_without_standing() -> object:
    return mock.patch.object(drawing, "_UNKNOWN", ToldStanding(0, GateStanding(proved=0, times=4)))


def _no_second_look(service: Service) -> Service:
    return replace(service, sweep=None) if service.name == "qa" else service


def _heard_where_measured() -> object:
    return mock.patch.object(witness_kept, "is_blind", return_value=False)


def _taught_by_every_task() -> object:
    return mock.patch.object(witness, "TEACHES", frozenset(get_args(LeftOut)))


_PAYOUT, _TILL, _ALL = ("payout alone",), ("till",), ("all services",)
_KINDS, _LEARNING, _GOLDS = ("every kind",), ("what learns",), ("golds among them",)

MUTANTS = (
    Mutant("no epoch check", Rules(epoch_checked=False), scenarios=_PAYOUT),
    Mutant("fold without guards", Rules(services=_without_guards), scenarios=_TILL),
    Mutant("no aggregate revision", Rules(services=_without_revision), scenarios=_TILL, near=0),
    Mutant("no in-batch conflict rule", patch=_no_taint, scenarios=_TILL, near=1),
    Mutant("payout that looks only at what came in", patch=_only_what_came_in, scenarios=_PAYOUT),
    Mutant("sweeper by wall clock", Rules(wall_clock=True), scenarios=_ALL, near=7),
    Mutant("nobody looks over the lanes", patch=_no_lane_sweep, scenarios=_ALL),
    Mutant("ids stand in keys as they were sent", patch=_no_escaping, scenarios=_ALL),
    Mutant("kinds not looked at", patch=_kinds_not_looked_at, scenarios=_ALL),
    Mutant("a presence opens its pool", patch=_any_pool_is_known, scenarios=_ALL, near=3),
    Mutant("nobody hands on", Rules(services=_nobody_hands_on), scenarios=_ALL),
    Mutant("published again without a recall", patch=_no_recall, scenarios=_TILL, near=0),
    Mutant("settled before it is published", patch=_settled_first, scenarios=_PAYOUT, near=3),
    Mutant(
        "offsets of a gather that was thrown away",
        patch=_offsets_of_what_was_thrown_away,
        scenarios=_PAYOUT,
        near=110,
    ),
    Mutant("no wait before the epoch opens", Rules(quiet_seconds=0.0), scenarios=_ALL, near=39),
    Mutant("the second stage is decided alone", patch=_decided_alone, scenarios=_KINDS),
    Mutant(
        "closed while it waits", Rules(services=_closed_while_waiting), scenarios=_KINDS, near=34
    ),
    Mutant(
        "a second stage may say nothing", Rules(services=_no_second_look), scenarios=_KINDS, near=1
    ),
    Mutant("anybody is reliable enough", patch=_anybody_is_reliable_enough, scenarios=_LEARNING),
    Mutant("a verdict leaves out its price", patch=_price_left_out, scenarios=_LEARNING),
    Mutant("a witness where it is measured", patch=_heard_where_measured, scenarios=_LEARNING),
    Mutant("every task teaches the witness", patch=_taught_by_every_task, scenarios=_LEARNING),
    Mutant("newcomers count as known", patch=_newcomers_count_as_known, scenarios=_LEARNING),
    Mutant("anybody is asked a gold", patch=_anybody_is_asked_a_gold, scenarios=_GOLDS),
    Mutant("golds come again to whoever had them", patch=_golds_come_again, scenarios=_GOLDS),
    Mutant("a verdict teaches a gate again", patch=_taught_again, scenarios=_LEARNING),
    Mutant("waived without a standing", patch=_waived_without_standing, scenarios=_LEARNING),
)
