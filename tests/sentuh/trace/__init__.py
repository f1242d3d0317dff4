"""Tests of the story of one output."""
