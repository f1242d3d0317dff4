"""Immutable values that the router decides on: tasks, workers, and the input of each decision."""

from services.router.state.content import NO_CONTENT, PIECES, Content
from services.router.state.inputs import (
    Due,
    Lane,
    Response,
    SeatAndWorker,
    TaskAndHolders,
    TaskAndWorkers,
    WaitingTask,
    WorkerAndLanes,
    WorkerAndTasks,
)
from services.router.state.needs import TaskNeeds
from services.router.state.people import WorkerAndHeld
from services.router.state.task import (
    NO_RULES,
    Closing,
    Rules,
    Seat,
    Stage,
    Task,
    parsed_rules,
)
from services.router.state.worker import (
    Place,
    Profile,
    Worker,
)

__all__ = [
    "Closing",
    "Content",
    "Due",
    "Lane",
    "NO_CONTENT",
    "NO_RULES",
    "TaskNeeds",
    "PIECES",
    "Place",
    "Profile",
    "Response",
    "Rules",
    "Seat",
    "SeatAndWorker",
    "Stage",
    "Task",
    "TaskAndHolders",
    "TaskAndWorkers",
    "WaitingTask",
    "Worker",
    "WorkerAndHeld",
    "WorkerAndLanes",
    "WorkerAndTasks",
    "parsed_rules",
]
