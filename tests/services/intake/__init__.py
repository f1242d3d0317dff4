"""Tests of intake, file for file."""
