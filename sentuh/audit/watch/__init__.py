"""The standing audit: follows the topics, and exposes what is lost, stuck or paid twice now.

It reads each record once. Its memory is bounded by time: an output's ending, an answer and a
verdict for as long as the services ignore a copy in silence, an earning for as long as a second one
could follow, every other fact for two days.
"""

from sentuh.audit.watch.run import Watching, watch

__all__ = ["Watching", "watch"]
