"""The audit that never ends: follows the topics, and says what is lost, stuck or paid twice now.

It reads each record once. What it remembers is bounded by time: an output's ending for as long as
another copy of the output can be read, an earning for as long as anything can cause a second one,
every other fact for two days.
"""

from sentuh.audit.watch.run import Watching, watch

__all__ = ["Watching", "watch"]
