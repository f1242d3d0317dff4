"""Decides by other people's ranking what no count of answers can: which of several texts is best.

Every distinct answer to the first task is a candidate of a second one. A request for the second
stage names the answers it ranks; the second task's verdict and the first's are one decision.
"""

from services.qa.second_stage.deciding import decide_both, look_again
from services.qa.second_stage.requesting import looked_at, request

__all__ = ["decide_both", "look_again", "looked_at", "request"]
