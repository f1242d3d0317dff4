"""Tests of `shared/`, file for file."""
