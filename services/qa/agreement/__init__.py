"""What several people's answers to one question amount to: pure functions over integer counters.

The path of one task: `weigh` each answer by what is known of its worker, `tally` the answers,
ask `stop` whether to ask on; when the verdict stands, `lessons` says what it teaches of its
workers. Lessons are added once, when the verdict is folded, so no task is ever judged by an
estimate that has seen its own answers.
"""

from services.qa.agreement.reliability import (
    Interval,
    Population,
    Reliability,
    estimate,
    interval,
)
from services.qa.agreement.stopping import AnswersWanted, AskOneMore, Budget, Confident, Stop, stop
from services.qa.agreement.tallying import Ballot, Tally, tally
from services.qa.agreement.teaching import Lessons, lessons, population_lesson
from services.qa.agreement.weighing import weigh

__all__ = [
    "AskOneMore",
    "Ballot",
    "Budget",
    "Confident",
    "Interval",
    "Lessons",
    "Population",
    "Reliability",
    "Stop",
    "Tally",
    "AnswersWanted",
    "estimate",
    "interval",
    "lessons",
    "population_lesson",
    "stop",
    "tally",
    "weigh",
]
