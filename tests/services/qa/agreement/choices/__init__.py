"""Tests of the agreement on choices: invariants, tables of cases, what all of it does together."""
