"""Tests of shared/observe."""
