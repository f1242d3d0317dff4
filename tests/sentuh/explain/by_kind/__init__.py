"""Tests of what explanations know of each kind, one file a kind."""
