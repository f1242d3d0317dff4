"""The table of qa: which event, what to load, which decision."""

from services.qa import decide, store
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.service import on

HANDLERS = (
    on(OutputWaived, load=store.verdict, decide=decide.let_stand),
    on(TaskCreated, load=store.task, decide=decide.judge),
    on(AssignmentAnswered, load=store.task, decide=decide.judge),
    on(TaskClosed, load=store.task, decide=decide.judge),
)
