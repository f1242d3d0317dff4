"""A simulated world: a clock and scheduler, a Kafka and a Redis that fail as the seed says."""
