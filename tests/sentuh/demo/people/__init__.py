"""Tests of how simulated people answer, one file a kind."""
