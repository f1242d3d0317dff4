"""What an operator sees of a process: logs, metrics, health, and the fault points of tests."""
