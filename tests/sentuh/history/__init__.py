"""Tests of sentuh/history."""
