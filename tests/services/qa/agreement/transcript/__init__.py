"""Tests of how transcripts become one text, one file a module."""
