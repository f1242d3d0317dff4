"""Tests of shared/kafka."""
