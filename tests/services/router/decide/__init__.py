"""Tests of the router's decisions, file for file."""
