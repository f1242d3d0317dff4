"""Tests of the recounts, one file a kind."""
