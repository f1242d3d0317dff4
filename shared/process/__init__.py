"""Runs a service as a process: puts its parts together, starts, watches and stops them."""
