"""Tests of the evidence that answers were given without care."""
