"""Tests of explanations of verdicts."""
