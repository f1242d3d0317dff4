"""Tests of the agreement on a rating: invariants, tables of cases, what all of it does together."""
