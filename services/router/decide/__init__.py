"""The router's decisions: functions without I/O that return events and conditions to commit."""

from services.router.decide.deadline import end_overdue
from services.router.decide.kept import hand_on, keep_presence
from services.router.decide.lane import look_over_lane
from services.router.decide.leave import leave_pool
from services.router.decide.person import list_in_lanes, note_rating, serve_worker
from services.router.decide.response import accept_seat, decline_seat, take_answer
from services.router.decide.task import close_judged, queue_task, raise_wanted

__all__ = [
    "accept_seat",
    "close_judged",
    "decline_seat",
    "end_overdue",
    "hand_on",
    "keep_presence",
    "leave_pool",
    "list_in_lanes",
    "look_over_lane",
    "note_rating",
    "queue_task",
    "raise_wanted",
    "serve_worker",
    "take_answer",
]
