"""The gate with a promise: evidence, thresholds, the watch, and what they mean for an output."""
