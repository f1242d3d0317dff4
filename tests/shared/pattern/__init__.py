"""Tests of shared/pattern."""
