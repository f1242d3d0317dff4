"""Tests of agreement: tables of cases, invariants, and a second implementation."""
