"""Tests of the kinds of questions, one file a kind."""
