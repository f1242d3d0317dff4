"""The audit that never ends: follows the topics, and says what is lost, stuck or paid twice now.

It reads each record once. What it remembers is bounded by time: an output's ending, an answer and a
verdict for as long as the services say nothing of a copy, an earning for as long as anything can
cause a second one, every other fact for two days.
"""

from sentuh.audit.watch.run import Watching, watch

__all__ = ["Watching", "watch"]
