"""Measured claims, each a command that prints a ratio."""
