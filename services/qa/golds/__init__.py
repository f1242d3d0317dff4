"""Asks people golds: when, whom and which, and takes out those that trusted people contradict.

Whom a verdict speaks of may be asked one a while later, by a chance that falls with what is known
of them. Only then, and off the way of any answer, is a gold chosen: see `asking`.
"""

from services.qa.golds.asking import ask
from services.qa.golds.listing import take_listed
from services.qa.golds.sampling import with_dues

__all__ = ["ask", "take_listed", "with_dues"]
