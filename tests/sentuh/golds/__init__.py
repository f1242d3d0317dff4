"""The operator's golds: their file, what is published of it, how they stand."""
