"""The services' own pattern under simulated faults: one seed, one schedule, one story."""
