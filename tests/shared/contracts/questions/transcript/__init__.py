"""Tests of transcripts as questions and answers, one file a module."""
