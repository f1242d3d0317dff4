"""Observing a process: logs, metrics, health, and the fault points that tests use."""
