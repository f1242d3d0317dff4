"""Tests of redaction: what is found in a text, and what is left of an output."""
