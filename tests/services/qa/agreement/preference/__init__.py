"""Tests of the agreement on a preference: cases, invariants, a second implementation."""
