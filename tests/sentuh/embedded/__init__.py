"""Tests of sentuh/embedded."""
