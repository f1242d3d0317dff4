"""Every fault there is: its name, what is done to the platform, and what must come of it."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Point(StrEnum):
    """A place in a service's code where a process can be killed or held up (SENTUH_FAULTS)."""

    COMMITTED = "committed"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    SETTLED = "settled"

    @property
    def moment(self) -> str:
        """The moment in words, as the table says it."""
        return _MOMENTS[self]

    def of(self, service: str) -> str:
        """Return the point's full name, such as `router.committed`."""
        return f"{service}.{self}"


_MOMENTS = {
    Point.COMMITTED: "after its commit",
    Point.PUBLISHING: "between two publishes",
    Point.PUBLISHED: "after publishing, with batches that are not settled",
    Point.SETTLED: "after settling",
}


@dataclass(frozen=True, slots=True)
class FaultFacts:
    """What there is to say of a fault.

    `name` begins the names of its rows. `does` is a template of the row's text; in braces stands
    what differs from row to row. `effect` is what must come of it, beyond what holds for all:
    nothing lost, nobody paid twice, a clean audit, no dead letter too many. A fault that
    `makes_duplicates` cannot but make some; a row without any has not hit.
    """

    name: str
    does: str
    effect: str
    makes_duplicates: bool = False


class Fault(Enum):
    """The faults, in the order of the table."""

    KILL = FaultFacts(
        "kill",
        "{service} killed {moment}",
        "its batch is handled again, and what it had done already is recognised",
        makes_duplicates=True,
    )
    KILL_UNDER_KINDS = FaultFacts(
        "kinds",
        "{services} killed by turns while every kind of question is asked",
        "of every kind there are verdicts, and of texts after their second stage",
        makes_duplicates=True,
    )
    ZOMBIE = FaultFacts(
        "zombie",
        "{service} stopped past its session, then woken",
        "another process takes over, and what the woken one still does has no effect",
    )
    SIGTERM = FaultFacts(
        "sigterm",
        "{service} told to stop (SIGTERM) in mid-batch",
        "it ends with 0, leaves nothing unsettled, and has acknowledged all it handled",
    )
    OVERDUE = FaultFacts(
        "overdue",
        "{who} away for longer than the deadlines",
        "answers given in time count, however late they are read",
    )
    JOIN = FaultFacts(
        "join",
        "a third process joins and leaves",
        "it takes its share of the work and gives it back",
    )
    BROKER_KILLED = FaultFacts(
        "broker-killed",
        "broker killed (kill -9), started again",
        "all goes on by itself once it is back",
    )
    BROKER_AWAY = FaultFacts(
        "broker-away",
        "broker stopped, started {seconds} later",
        "every process says it is not ready, and lives",
    )
    BROKER_STALLED = FaultFacts(
        "broker-stalled",
        "broker stands still for {seconds}",
        "every process says it is not ready, and lives",
    )
    REDIS_KILLED = FaultFacts(
        "redis-killed",
        "Redis killed (kill -9), started again",
        "nothing is committed until its state is whole, and every process says it is not ready",
    )
    REDIS_STALLED = FaultFacts(
        "redis-stalled",
        "Redis stands still for {seconds}",
        "every process says it is not ready, and lives; what Redis did late counts once",
    )
    REDIS_READ_ONLY = FaultFacts(
        "redis-read-only",
        "Redis made a replica, read-only",
        "every process says it is not ready, and lives",
    )
    REDIS_ALONE = FaultFacts(
        "redis-alone",
        "Redis without the replicas it needs",
        "every process says it is not ready, and lives",
    )
    REDIS_FULL = FaultFacts(
        "redis-full",
        "Redis out of memory",
        "every process says it is not ready, and lives",
    )
    REDIS_EMPTIED = FaultFacts(
        "redis-emptied",
        "Redis emptied while it runs",
        "nothing is committed until its state is whole, and every process says it is not ready",
    )
    REDIS_ROLLED_BACK = FaultFacts(
        "redis-rolled-back",
        "Redis restored from an older copy",
        "nothing is committed until its state is whole, and every process says it is not ready",
    )
    REPLIES_LOST = FaultFacts(
        "replies-lost",
        "replies of Redis lost after execution",
        "what is sent again is recognised",
        makes_duplicates=True,
    )
    POISON = FaultFacts(
        "poison",
        "{share} poison and hostile records",
        "each becomes one dead letter with its reason",
    )
    OFFSETS_DELETED = FaultFacts(
        "offsets-deleted",
        "committed offsets of a group deleted",
        "all is read again from the beginning, and nothing new comes of it",
    )
