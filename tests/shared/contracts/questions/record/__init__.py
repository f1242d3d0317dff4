"""Tests of the kind of question that asks for a record."""
