"""Tests of qa, file for file."""
