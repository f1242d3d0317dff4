"""What each service is given to do: input records that the services themselves have made valid."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import flow
from bench.inside import Desk, build, memory_store
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Outgoing, Record, TopicPartition
from shared.contracts.topics import (
    ASSIGNMENTS,
    MODEL_OUTPUTS,
    OFFERS,
    PRESENCE,
    RESPONSES,
    ROUTER_TIMERS,
    TASKS,
    VERDICTS,
    WORKERS,
    Names,
    Topic,
)
from shared.state.store import Store
from tests.support.world.topic_logs import TopicLogs

RECORDS_EACH_OUTPUT = 3.5
"""An output that people see becomes about so many records of qa's input, or of payout's."""
SEATS_EACH_TASK = 2
SPARE = 1.5
"""Places of the workers for each seat that is held when the router begins."""


@dataclass(frozen=True)
class Case:
    """What one service reads: the records that are counted, and where they are; `before` are
    those whose effect is in the state already.
    """

    service: str
    names: Names
    topics: tuple[Topic, ...]
    inputs: Sequence[Outgoing]
    before: Sequence[Outgoing] = ()

    @property
    def others(self) -> tuple[Topic, ...]:
        """The other topics it consumes."""
        consumes = build(self.service, self.names).card.consumes
        return tuple(topic for topic in consumes if topic not in self.topics)


async def case(service: str, names: Names, records: int, store: Store) -> Case:
    """About so many records for a service; what it must know before goes into its store."""
    if service == "intake":
        return Case(service, names, (MODEL_OUTPUTS,), flow.outputs(names, records))
    if service == "router":
        return await _routed(names, records, store)
    whole = flow.Flow(names)
    count = max(int(records / RECORDS_EACH_OUTPUT), 1)
    await whole.run(flow.outputs(names, count, waived_each=0), max(count // 10, 10))
    if service == "qa":
        found = _only(whole.logs, TASKS, TaskCreated) + _only(
            whole.logs, ASSIGNMENTS, AssignmentAnswered
        )
        return Case(service, names, (TASKS, ASSIGNMENTS), found)
    found = _only(whole.logs, ASSIGNMENTS, AssignmentAnswered) + _only(
        whole.logs, VERDICTS, VerdictReached
    )
    return Case(service, names, (ASSIGNMENTS, VERDICTS), found)


async def _routed(names: Names, records: int, store: Store) -> Case:
    """Half tasks, half answers to offers the router's state knows already."""
    answered = max(records // 2 // SEATS_EACH_TASK, 1)
    tasks = await tasks_of(names, answered + records // 2)
    known = int(answered * SEATS_EACH_TASK * SPARE) // flow.CAPACITY + 1
    people = flow.people(names, known)
    offers = await routed(names, store, people=people, tasks=tasks[:answered])
    answers = [flow.answer(names, record) for record in offers]
    inputs = [again(task) for task in tasks[answered:]] + [found for found in answers if found]
    return Case("router", names, (TASKS, RESPONSES), inputs, before=people)


async def routed(
    names: Names, store: Store, *, people: Sequence[Outgoing], tasks: Sequence[Record]
) -> list[Record]:
    """Have a router with this store offer these tasks to these people; return its offers."""
    logs = TopicLogs(names)
    desk = Desk(build("router", names), store, logs)
    await logs.send(people)
    await desk.take(logs.of(WORKERS))
    await desk.take(logs.of(PRESENCE))
    await desk.take(tasks[:1])
    await desk.take(await records_of(names, [flow.look_around(names, fill=True)]))
    read: dict[TopicPartition, int] = {}
    while found := logs.after([ROUTER_TIMERS], read):
        await desk.take(found)
    await desk.take(await records_of(names, [flow.look_around(names, fill=False)]))
    await desk.take(tasks[1:])
    return logs.of(OFFERS)


async def tasks_of(names: Names, count: int) -> list[Record]:
    """Tasks as intake makes them of unsure outputs."""
    whole = TopicLogs(names)
    intake = build("intake", names)
    desk = Desk(intake, memory_store(intake), whole)
    await desk.take(await records_of(names, flow.outputs(names, count, waived_each=0)))
    return whole.of(TASKS)


async def records_of(names: Names, sent: Sequence[Outgoing]) -> list[Record]:
    """These records as a reader gets them."""
    logs = TopicLogs(names)
    await logs.send(sent)
    topics = {names.row(said.topic).name: names.row(said.topic) for said in sent}
    return [record for topic in topics.values() for record in logs.of(topic)]


def again(record: Record) -> Outgoing:
    """A record that was read, to be published once more."""
    return Outgoing(record.topic, record.key, record.value, record.headers)


def _only(logs: TopicLogs, topic: Topic, event: type[Event]) -> list[Outgoing]:
    found = logs.of(topic)
    return [again(record) for record in found if record.header("ce_type") == event.TYPE]
