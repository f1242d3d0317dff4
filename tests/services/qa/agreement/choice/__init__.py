"""Tests of the agreement on a choice: tables of cases, invariants, a second implementation."""
