"""What can be wrong with golds; each leaves the rest as it should be."""

from shared.contracts.events.asked import Asked
from shared.contracts.events.golds import GoldPlaced
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import JudgedGold, VerdictReached
from tests.sentuh.audit.journals import Log
from tests.sentuh.audit.wrongs import changed
from tests.support.builders import NOW, POOL, TASK_TYPE


def a_placing(task_id: str = "t-1", *workers: str) -> GoldPlaced:
    return GoldPlaced(
        pool=POOL,
        at=NOW,
        task_id=task_id,
        task_type=TASK_TYPE,
        gold_id="g-1",
        revision=1,
        number=1,
        truth="cat",
        only_for=workers or ("w-1", "w-2", "w-3"),
    )


def for_somebody_else(log: Log) -> None:
    changed(log, TaskCreated, asked=Asked(only_for=("w-2", "w-3")))


def one_person_twice(log: Log) -> None:
    log.say(a_placing("t-5", "w-1"), a_placing("t-6", "w-1"))


def unnamed(log: Log) -> None:
    log.say(a_placing())


def another_truth(log: Log) -> None:
    log.say(a_placing())
    changed(log, VerdictReached, gold=JudgedGold(gold_id="g-1", truth="dog"))


def never_placed(log: Log) -> None:
    changed(log, VerdictReached, gold=JudgedGold(gold_id="g-9", truth="cat"))
