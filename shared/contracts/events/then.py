"""Who decides between several answers to a task, as its policy says."""

from typing import Annotated

from pydantic import Field

from shared.contracts.events.model import Name
from shared.contracts.part import Part


class Then(Part):
    """Who decides between several answers: a second task, of this type and with so much time."""

    task_type: Name
    task_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)]
