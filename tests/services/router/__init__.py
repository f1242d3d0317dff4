"""Tests of the router, room for room."""
