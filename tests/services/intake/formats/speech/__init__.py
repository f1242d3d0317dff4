"""Tests of the formats of speech recognisers."""
