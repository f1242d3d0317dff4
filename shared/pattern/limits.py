"""The bounds of a pipeline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a pipeline, in seconds and counts.

    publish_seconds: a record is published at most this long after Redis last confirmed it.
    chunk_max: events of one Redis slot in a chunk; Redis commits them in one call.
    side_by_side_min: a batch of fewer events goes to a single pipeline.
    decisions_max: how often a decision that raises a bug is tried before its record is refused.
    crashes_max: how many deliveries of a batch may crash the process before its events are taken
        one by one.
    rounds_max: how often a chunk in conflict is prepared again before the pipeline pauses.
    retry_seconds: the pause between two tries while Redis or Kafka is away.
    gather_seconds: how long after its publish a batch is settled at the latest, with the batches
        handled meanwhile. The sweeper takes nothing over before ten times that.
    gather_idle_seconds: after so long without a further batch, what was gathered is settled.
    gather_units_max: so many events are settled together, or those of the batch that reaches it.
    gather_bytes_max: the same for the bytes of their records, which Redis keeps until then.
    """

    publish_seconds: float = 10.0
    chunk_max: int = 125
    side_by_side_min: int = 64
    decisions_max: int = 3
    crashes_max: int = 8
    rounds_max: int = 20
    retry_seconds: float = 1.0
    gather_seconds: float = 2.0
    gather_idle_seconds: float = 0.2
    gather_units_max: int = 2000
    gather_bytes_max: int = 4 << 20
