"""Tests of the demo's own parts: its data, its people, its numbers."""
