"""Rates workers: how often each is right on a task type, with an interval, said as an event.

`newest.py` packs a worker's newest lessons, `rate.py` computes the rating from these and from the
counters, `announcing.py` says which ratings are due. All of it is pure.
"""

from services.qa.rating.announcing import announced, with_ratings

__all__ = ["announced", "with_ratings"]
