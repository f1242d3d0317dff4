"""Tests of how workers are rated."""
