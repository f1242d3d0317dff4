"""Tests of sentuh/published."""
