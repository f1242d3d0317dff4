"""Tests of what the demo sends of each kind of question."""
