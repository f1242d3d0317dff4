"""Tests of shared/contracts."""
