"""Tests of what the kinds' agreements share, and a folder for each kind."""
