"""Tests of transcripts counted again, one file a module."""
