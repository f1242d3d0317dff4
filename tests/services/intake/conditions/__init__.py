"""Tests of the conditions in CEL: their facts, and how they are compiled and computed."""
