"""Says which Redis keys intake loads before it decides on an output, and on a request."""

from services.intake import keys, to_state
from services.intake.arrived import OutputArrived, RequestArrived
from services.intake.envelope import Envelope
from services.intake.state import Ended, Exchange
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of

output: Loading[OutputArrived, Ended | None] = Loading(
    reads=lambda arrived: (hash_of(keys.output(arrived.task_id)),),
    state=to_state.output,
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How to load whether the output became a task or was waived (people were not asked) before.

The commit compares the revision number of the output's hash.
"""


def _of_exchange(task_id: str) -> tuple[Read, ...]:
    return hash_of(keys.output(task_id)), hash_of(keys.request(task_id))


request: Loading[RequestArrived, Exchange] = Loading(
    reads=lambda arrived: _of_exchange(arrived.task_id),
    state=lambda arrived, view: to_state.exchange(arrived.task_id, view),
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How to load, for a request, whether its response was handled, and a request of before.

The commit compares the revision number of the response's hash: nothing is kept for one that ended.
"""

response: Loading[Envelope, Exchange] = Loading(
    reads=lambda envelope: _of_exchange(envelope.output_id),
    state=lambda envelope, view: to_state.exchange(envelope.output_id, view),
    aggregates=lambda envelope: (keys.output(envelope.output_id),),
)
"""How to load, for a response, what became of it before, and its request. Other outputs have none.
"""
