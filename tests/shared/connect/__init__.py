"""Tests of shared/connect."""
