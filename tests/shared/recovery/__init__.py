"""Tests of shared/recovery."""
