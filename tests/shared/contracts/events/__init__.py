"""Tests of what the events' pieces say by themselves."""
